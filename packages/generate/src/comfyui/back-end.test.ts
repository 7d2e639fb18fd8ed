import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { PaintRequest, Picture, Progress } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { ComfyUi, type ComfyUiOptions } from './back-end.ts'
import { type ComfyUiBehaviour, comfyUiDouble } from './comfyui.double.ts'
import { textToImage } from './text-to-image.double.ts'

const REQUEST: PaintRequest = { prompt: 'a fox', seed: 42 }

function backEnd(url: string, options: Partial<ComfyUiOptions> = {}): ComfyUi {
  return new ComfyUi({ url, workflow: { name: 'mine.json', json: textToImage() }, pollMs: 10, ...options })
}

async function failure(behaviour: ComfyUiBehaviour, options: Partial<ComfyUiOptions> = {}): Promise<GeneratorError> {
  await using double = await comfyUiDouble(behaviour)
  const error = await backEnd(double.url, options)
    .generate(REQUEST)
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(GeneratorError)
  return error as GeneratorError
}

describe('painting', () => {
  test('runs the workflow with the request in it and fetches what it saved', async () => {
    await using double = await comfyUiDouble()
    const [picture] = await backEnd(double.url).generate({ ...REQUEST, steps: 5 })
    expect(picture).toMatchObject({
      mediaType: 'image/png',
      width: 64,
      height: 48,
      parameters: {
        prompt: 'a fox',
        negativePrompt: 'lowres',
        seed: 42,
        steps: 5,
        sampler: 'euler',
        model: 'base.safetensors',
      },
    })
    expect(double.jobs[0]?.graph[3].inputs).toMatchObject({ seed: 42, steps: 5 })
    const { data } = await sharp((picture as Picture).bytes)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 3)]).toEqual([0, 255, 0])
    expect(backEnd(double.url).describe()).toEqual({
      kind: 'comfyui',
      label: `ComfyUI at ${double.url} (mine.json)`,
      standIn: false,
    })
  })

  test('takes a preview where the workflow saves nothing', async () => {
    await using double = await comfyUiDouble({ end: 'preview' })
    const [picture] = await backEnd(double.url).generate(REQUEST)
    const { data } = await sharp((picture as Picture).bytes)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 3)]).toEqual([255, 0, 0])
  })

  test('runs a job a picture, handed over in the order of seeds', async () => {
    await using double = await comfyUiDouble()
    const kept: number[] = []
    const pictures = await backEnd(double.url).generate(
      { ...REQUEST, count: 3 },
      { onPicture: (_, at) => kept.push(at) },
    )
    expect(pictures.map((picture) => picture.parameters.seed)).toEqual([42, 43, 44])
    expect(double.jobs.map((job) => job.graph[3].inputs.seed)).toEqual([42, 43, 44])
    expect(kept).toEqual([0, 1, 2])
  })

  test('tells its place in the queue and every step', async () => {
    await using double = await comfyUiDouble({ paintMs: 60, othersMs: 60 })
    const told: Progress[] = []
    await backEnd(double.url).generate({ ...REQUEST, count: 2 }, { onProgress: (progress) => told.push(progress) })
    const states = told.map((progress) => progress.state)
    expect(states[0]).toBe('picture 1 of 2, queued at place 1')
    expect(states).toContain('picture 2 of 2, step 3 of 10')
    expect(told.find((progress) => progress.state === 'picture 2 of 2, step 5 of 10')?.fraction).toBe(0.75)
  })

  test('looks at the history as soon as an event says so', async () => {
    await using double = await comfyUiDouble({ paintMs: 30 })
    const pictures = await backEnd(double.url, { pollMs: 3_600_000 }).generate({ ...REQUEST, count: 2 })
    expect(pictures).toHaveLength(2)
  })

  test('takes up the job that a killed program left, and queues nothing for it', async () => {
    await using double = await comfyUiDouble()
    const paint = (key: string) => backEnd(double.url).generate(REQUEST, { idempotencyKey: key })
    const [first] = await paint('k')
    const [again] = await paint('k')
    expect(again).toEqual(first)
    expect(double.jobs.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-/),
    ])
    await paint('another')
    await backEnd(double.url).generate(REQUEST)
    expect(new Set(double.jobs.map(({ id }) => id)).size).toBe(3)
  })

  test('waits for a job that still runs for a killed program', async () => {
    await using double = await comfyUiDouble({ paintMs: 60 })
    const paint = () => backEnd(double.url).generate(REQUEST, { idempotencyKey: 'k' })
    const first = paint()
    while (double.jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await paint()).toEqual(await first)
    expect(double.jobs).toHaveLength(1)
  })

  test('paints anew, under another id, where the job that was left has failed', async () => {
    await using double = await comfyUiDouble({ end: 'error' })
    const paint = () => backEnd(double.url).generate(REQUEST, { idempotencyKey: 'k' })
    await expect(paint()).rejects.toMatchObject({ outcome: 'generator_error' })
    await expect(paint()).rejects.toMatchObject({ outcome: 'generator_error' })
    expect(new Set(double.jobs.map(({ id }) => id)).size).toBe(2)
  })

  test('needs no WebSocket, and no say in the ids of jobs', async () => {
    await using double = await comfyUiDouble({ deaf: true, ownIds: true, paintMs: 50 })
    const told: Progress[] = []
    const pictures = await backEnd(double.url).generate(REQUEST, { onProgress: (progress) => told.push(progress) })
    expect(pictures).toHaveLength(1)
    expect(told.at(-1)).toEqual({ fraction: 0, state: 'picture 1 of 1, running' })
  })
})

describe('cancelling', () => {
  const stopAt = (state: RegExp) => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const onProgress = (progress: Progress) => {
      if (state.test(progress.state)) controller.abort(reason)
    }
    return { reason, options: { signal: controller.signal, onProgress } }
  }

  test('interrupts a running job', async () => {
    await using double = await comfyUiDouble({ paintMs: 5_000 })
    const { reason, options } = stopAt(/step/)
    await expect(backEnd(double.url).generate(REQUEST, options)).rejects.toBe(reason)
    expect(double.interrupted).toEqual([double.jobs[0]?.id])
  })

  test("takes a waiting job out of the queue and leaves somebody else's running", async () => {
    await using double = await comfyUiDouble({ othersMs: 5_000 })
    const { reason, options } = stopAt(/queued/)
    await expect(backEnd(double.url).generate(REQUEST, options)).rejects.toBe(reason)
    expect(double.deleted).toEqual([double.jobs[0]?.id])
    expect(double.interrupted).toEqual([])
  })

  test('happens by itself when the time is up', async () => {
    await using double = await comfyUiDouble({ paintMs: 5_000 })
    const error = await backEnd(double.url, { timeoutMs: 200 })
      .generate(REQUEST)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome: 'generator_timeout', retryable: true })
    expect(double.interrupted).toEqual([double.jobs[0]?.id])
  })
})

const INVALID = JSON.stringify({
  error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation', details: '' },
  node_errors: {
    4: {
      class_type: 'CheckpointLoaderSimple',
      errors: [{ type: 'value_not_in_list', message: 'Value not in list', details: "ckpt_name: 'x' not in ['y']" }],
    },
  },
})

describe('a server that fails', () => {
  test.each<[string, ComfyUiBehaviour, object, string]>([
    [
      'a workflow that is not accepted',
      { refuse: { status: 400, body: INVALID } },
      { outcome: 'generator_invalid', exitCode: 2, retryable: false },
      "Prompt outputs failed validation; CheckpointLoaderSimple 4: Value not in list: ckpt_name: 'x' not in ['y']",
    ],
    [
      'too many requests',
      { refuse: { status: 429, body: '', headers: { 'retry-after': '2' } } },
      { outcome: 'generator_busy', afterMs: 2000 },
      'HTTP 429',
    ],
    ['a key that is missing', { refuse: { status: 401, body: 'log in' } }, { outcome: 'generator_denied' }, 'log in'],
    ['an answer without a job', { refuse: { status: 200, body: '{}' } }, { outcome: 'generator_malformed' }, 'no job'],
    [
      'a failing node',
      { end: 'error' },
      { outcome: 'generator_error', retryable: true, exitCode: 1 },
      'KSampler 3: CUDA out of memory.',
    ],
    ['an interruption there', { end: 'interrupted' }, { outcome: 'generator_error' }, 'somebody interrupted it there'],
    ['a job that gets lost', { end: 'lost' }, { outcome: 'generator_error' }, 'lost the job'],
    ['no picture', { end: 'empty' }, { outcome: 'generator_malformed' }, 'must end in a Save Image node'],
    ['a picture that is none', { garble: 'oops' }, { outcome: 'generator_malformed' }, "can't be read"],
    [
      'a picture that breaks off',
      { cut: true },
      { outcome: 'generator_unreachable', retryable: true },
      "can't be reached",
    ],
    ['a history that is none', { historyText: '[1]' }, { outcome: 'generator_malformed' }, 'no history'],
    ['a history that is no JSON', { historyText: 'x' }, { outcome: 'generator_malformed' }, 'no JSON'],
  ])('%s', async (_, behaviour, expected, message) => {
    const error = await failure(behaviour)
    expect(error).toMatchObject(expected)
    expect(error.message).toContain(message)
    expect(error.message).toContain('ComfyUI at http://127.0.0.1')
  })

  test('that accepts only part of the workflow has it cancelled', async () => {
    await using double = await comfyUiDouble({ nodeErrors: JSON.parse(INVALID).node_errors, paintMs: 5_000 })
    const work = backEnd(double.url).generate(REQUEST)
    await expect(work).rejects.toThrow(/does not accept the workflow: CheckpointLoaderSimple 4/)
    expect([...double.interrupted, ...double.deleted]).toEqual([double.jobs[0]?.id])
  })

  test('not running', async () => {
    const double = await comfyUiDouble()
    await double[Symbol.asyncDispose]()
    await expect(backEnd(double.url).generate(REQUEST)).rejects.toMatchObject({ outcome: 'generator_unreachable' })
  })

  test('a workflow without a place for the request is found out before anything is queued', async () => {
    await using double = await comfyUiDouble()
    const workflow = { name: 'odd.json', json: { 1: { class_type: 'Note', inputs: {} } } }
    await expect(backEnd(double.url, { workflow }).generate(REQUEST)).rejects.toThrow('no place for the prompt')
    expect(double.paths).toEqual([])
  })
})
