import { describe, expect, test } from 'vitest'
import type { PaintRequest, Progress } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { type Automatic1111Behaviour, automatic1111Double } from './automatic1111.double.ts'
import { Automatic1111, type Automatic1111Options } from './back-end.ts'

const REQUEST: PaintRequest = { prompt: 'a fox', seed: 42 }

async function failure(
  behaviour: Automatic1111Behaviour,
  options: Partial<Automatic1111Options> = {},
  request = REQUEST,
): Promise<GeneratorError> {
  await using double = await automatic1111Double(behaviour)
  const backEnd = new Automatic1111({ url: double.url, pollMs: 10, ...options })
  const error = await backEnd.generate(request).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(GeneratorError)
  return error as GeneratorError
}

describe('painting', () => {
  test('gives pictures with the parameters that the server used', async () => {
    await using double = await automatic1111Double()
    const backEnd = new Automatic1111({ url: double.url })
    const request = {
      ...REQUEST,
      negativePrompt: 'blurry',
      width: 128,
      height: 96,
      steps: 12,
      sampler: 'Euler a',
      cfg: 5,
    }
    const [picture] = await backEnd.generate(request)
    expect(picture).toMatchObject({
      mediaType: 'image/png',
      width: 128,
      height: 96,
      parameters: {
        prompt: 'a fox',
        negativePrompt: 'blurry',
        seed: 42,
        steps: 12,
        sampler: 'Euler a',
        cfg: 5,
        model: 'dream',
      },
    })
    expect(double.painted[0]).toMatchObject({ save_images: false, n_iter: 1, batch_size: 1 })
    expect(backEnd.describe()).toEqual({
      kind: 'automatic1111',
      label: `AUTOMATIC1111 at ${double.url}`,
      standIn: false,
    })
  })

  test('leaves what the request leaves open to the server', async () => {
    await using double = await automatic1111Double()
    const [picture] = await new Automatic1111({ url: double.url }).generate({ prompt: 'a fox' })
    expect(Object.keys(double.painted[0])).not.toEqual(expect.arrayContaining(['steps']))
    expect(double.painted[0]).not.toHaveProperty('override_settings')
    expect(picture?.parameters).toMatchObject({ steps: 20, sampler: 'Euler', seed: double.painted[0].seed })
  })

  test('hands over every picture of a request as soon as it is there, in the order of seeds', async () => {
    await using double = await automatic1111Double({ fail: { status: 500, body: '{}', at: 3 } })
    const kept: (number | null)[] = []
    const onPicture = (picture: { parameters: { seed: number | null } }, position: number) => {
      kept[position] = picture.parameters.seed
    }
    const request = { prompt: 'a fox', count: 3, seed: 2 ** 32 - 1 }
    const work = new Automatic1111({ url: double.url }).generate(request, { onPicture })
    await expect(work).rejects.toMatchObject({ outcome: 'generator_error' })
    expect(kept).toEqual([2 ** 32 - 1, 0])
  })

  test('reports progress over the whole request, and waiting as such', async () => {
    await using double = await automatic1111Double({ paintMs: 100, othersMs: 60 })
    const told: Progress[] = []
    const backEnd = new Automatic1111({ url: double.url, pollMs: 5 })
    await backEnd.generate({ ...REQUEST, count: 2 }, { onProgress: (progress) => told.push(progress) })
    expect(told[0]).toEqual({ fraction: null, state: 'queued' })
    const fractions = told.flatMap(({ fraction }) => (fraction === null ? [] : [fraction]))
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.some((fraction) => fraction > 0 && fraction < 0.5)).toBe(true)
    expect(told.at(-1)).toEqual({ fraction: 1, state: 'picture 2 of 2 painted' })
  })

  test('with a model checks first that the server has it', async () => {
    await using double = await automatic1111Double()
    const backEnd = new Automatic1111({ url: double.url, restoreModel: false })
    await backEnd.generate({ ...REQUEST, model: 'dream' })
    expect(double.painted[0]).toMatchObject({
      override_settings: { sd_model_checkpoint: 'dream' },
      override_settings_restore_afterwards: false,
    })
    const error = await backEnd.generate({ ...REQUEST, model: 'dreem' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome: 'generator_invalid', exitCode: 2 })
    expect((error as Error).message).toContain('no model "dreem"; it has: dream')
    expect(double.painted).toHaveLength(1)
  })

  test('can be asked what the server has', async () => {
    await using double = await automatic1111Double({ credentials: 'me:secret' })
    const backEnd = new Automatic1111({ url: `${double.url}/`, auth: { user: 'me', password: 'secret' } })
    expect(await backEnd.samplers()).toEqual(['Euler a'])
    expect(await backEnd.models()).toEqual(['dream'])
  })
})

describe('cancelling', () => {
  test('interrupts the task on the server and throws the reason', async () => {
    await using double = await automatic1111Double({ paintMs: 5_000 })
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const onProgress = ({ fraction }: Progress) => {
      if (fraction !== null && fraction > 0) controller.abort(reason)
    }
    const backEnd = new Automatic1111({ url: double.url, pollMs: 10 })
    await expect(backEnd.generate(REQUEST, { signal: controller.signal, onProgress })).rejects.toBe(reason)
    expect(double.stopped).toEqual(double.painted.map(({ force_task_id }) => force_task_id))
  })

  test("leaves somebody else's task alone and waits for its own", async () => {
    await using double = await automatic1111Double({ paintMs: 5_000, othersMs: 200 })
    const controller = new AbortController()
    const backEnd = new Automatic1111({ url: double.url, pollMs: 10 })
    const onProgress = () => controller.abort(new Error('stop'))
    await expect(backEnd.generate(REQUEST, { signal: controller.signal, onProgress })).rejects.toThrow('stop')
    expect(double.stopped).toEqual(double.painted.map(({ force_task_id }) => force_task_id))
  })

  test('works on servers that do not tell whose task they paint', async () => {
    await using double = await automatic1111Double({ paintMs: 5_000, silentAboutTasks: true })
    const controller = new AbortController()
    const backEnd = new Automatic1111({ url: double.url, pollMs: 10 })
    const onProgress = ({ fraction }: Progress) => {
      if (fraction !== null && fraction > 0) controller.abort(new Error('stop'))
    }
    await expect(backEnd.generate(REQUEST, { signal: controller.signal, onProgress })).rejects.toThrow('stop')
    expect(double.paths).toContain('/sdapi/v1/interrupt')
  })

  test('happens by itself when the time is up', async () => {
    await using double = await automatic1111Double({ paintMs: 5_000 })
    const backEnd = new Automatic1111({ url: double.url, pollMs: 10, timeoutMs: 150 })
    const error = await backEnd.generate(REQUEST).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome: 'generator_timeout', retryable: true })
    expect(double.stopped).toEqual(double.painted.map(({ force_task_id }) => force_task_id))
  })

  test('before the start asks for nothing', async () => {
    await using double = await automatic1111Double()
    const work = new Automatic1111({ url: double.url }).generate(REQUEST, {
      signal: AbortSignal.abort(new Error('no')),
    })
    await expect(work).rejects.toThrow('no')
    expect(double.paths).toEqual([])
  })
})

describe('a server that fails', () => {
  test.each<[string, Automatic1111Behaviour, object, string]>([
    [
      'out of memory',
      { fail: { status: 500, body: '{"error":"OutOfMemoryError","detail":"","errors":"CUDA out of memory"}' } },
      { outcome: 'generator_error', retryable: true, exitCode: 1 },
      'OutOfMemoryError: CUDA out of memory',
    ],
    [
      'an unknown sampler',
      { fail: { status: 404, body: '{"error":"HTTPException","detail":"Sampler not found"}' } },
      { outcome: 'generator_invalid', exitCode: 2, retryable: false },
      'Sampler not found',
    ],
    [
      'a value out of range',
      { fail: { status: 422, body: '{"detail":[{"loc":["body","steps"],"msg":"value is not a valid integer"}]}' } },
      { outcome: 'generator_invalid' },
      'body.steps: value is not a valid integer',
    ],
    [
      'too many requests',
      { fail: { status: 429, body: '', headers: { 'retry-after': '7' } } },
      { outcome: 'generator_busy', afterMs: 7000 },
      'HTTP 429',
    ],
    ['a proxy in trouble', { fail: { status: 502, body: '<html>' } }, { outcome: 'generator_error' }, 'HTTP 502'],
    ['no JSON', { garble: 'Traceback' }, { outcome: 'generator_malformed', retryable: true }, 'no JSON'],
    ['no picture', { garble: '{"images":[],"info":"{}"}' }, { outcome: 'generator_malformed' }, 'without a picture'],
    [
      'a broken picture',
      { garble: '{"images":["aGVsbG8="],"info":"{}"}' },
      { outcome: 'generator_malformed' },
      "can't be read",
    ],
    [
      'broken parameters',
      { garble: '{"images":["aGVsbG8="],"info":"x"}' },
      { outcome: 'generator_malformed' },
      'without',
    ],
    ['a broken connection', { cut: true }, { outcome: 'generator_unreachable', retryable: true }, "can't be reached"],
    ['an interruption there', { interruptedThere: true }, { outcome: 'generator_error' }, 'somebody interrupted'],
    [
      'a wrong password',
      { credentials: 'me:secret' },
      { outcome: 'generator_denied', exitCode: 2 },
      'Incorrect username',
    ],
  ])('%s', async (_, behaviour, expected, message) => {
    const error = await failure(behaviour)
    expect(error).toMatchObject(expected)
    expect(error.message).toContain(message)
    expect(error.message).toContain('AUTOMATIC1111 at http://127.0.0.1')
  })

  test('started without its API', async () => {
    await using double = await automatic1111Double()
    const work = new Automatic1111({ url: `${double.url}/elsewhere` }).generate(REQUEST)
    await expect(work).rejects.toThrow(/start it with --api/)
  })

  test('not running', async () => {
    const double = await automatic1111Double()
    await double[Symbol.asyncDispose]()
    const work = new Automatic1111({ url: double.url }).generate(REQUEST)
    await expect(work).rejects.toMatchObject({
      outcome: 'generator_unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

test.each([
  [{ prompt: ' ' }, 'empty'],
  [{ prompt: 'x'.repeat(20_001) }, 'shorten'],
  [{ seed: -1 }, 'seed is -1'],
  [{ seed: 2 ** 32 }, 'seed is 4294967296'],
  [{ count: 0 }, 'number of pictures is 0'],
  [{ width: 8 }, 'width is 8'],
  [{ height: 1.5 }, 'height is 1.5'],
  [{ steps: 0 }, 'steps is 0'],
  [{ cfg: Number.NaN }, 'guidance scale is NaN'],
])('a request with %j is turned down before anything is asked', async (part, message) => {
  const error = await failure({}, {}, { ...REQUEST, ...part })
  expect(error).toMatchObject({ outcome: 'generator_invalid', exitCode: 2 })
  expect(error.message).toContain(message)
})
