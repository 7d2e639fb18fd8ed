import { describe, expect, test } from 'vitest'
import type { PaintRequest, Progress } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { OpenAiImages, type OpenAiImagesOptions } from './back-end.ts'
import { doublePicture, type ImagesReply, imagesDouble } from './images.double.ts'

const REQUEST: PaintRequest = { prompt: 'a fox' }

async function painted(replies: readonly ImagesReply[], options: Partial<OpenAiImagesOptions> = {}, request = REQUEST) {
  await using double = await imagesDouble(...replies)
  const told: Progress[] = []
  const kept: number[] = []
  const outcome = await new OpenAiImages({ url: double.url, model: 'dall-e-3', ...options })
    .generate(request, { onProgress: (progress) => told.push(progress), onPicture: (_, at) => kept.push(at) })
    .catch((error: unknown) => error)
  return { outcome, asked: double.asked, told, kept }
}

async function failure(reply: ImagesReply, options: Partial<OpenAiImagesOptions> = {}): Promise<GeneratorError> {
  const { outcome } = await painted([reply], options)
  expect(outcome).toBeInstanceOf(GeneratorError)
  return outcome as GeneratorError
}

describe('painting', () => {
  test('asks for base64 and tells what the API can know', async () => {
    const request = { ...REQUEST, negativePrompt: 'blurry', width: 1024, height: 1792, seed: 4, steps: 9, cfg: 2 }
    const { outcome, asked } = await painted([{ revised: 'A red fox.' }], { apiKey: 'sk-test' }, request)
    expect(asked[0]).toEqual({
      path: '/v1/images/generations',
      authorization: 'Bearer sk-test',
      body: { prompt: 'a fox', model: 'dall-e-3', n: 1, response_format: 'b64_json', size: '1024x1792', stream: false },
    })
    expect(outcome).toMatchObject([
      {
        mediaType: 'image/webp',
        width: 32,
        height: 24,
        parameters: {
          prompt: 'A red fox.',
          negativePrompt: '',
          seed: null,
          steps: null,
          sampler: null,
          cfg: null,
          model: 'dall-e-3',
        },
      },
    ])
  })

  test('does not ask models that only know base64 for it', async () => {
    const { asked } = await painted([{}], {}, { ...REQUEST, model: 'gpt-image-1' })
    expect(asked[0]?.body).toEqual({ prompt: 'a fox', model: 'gpt-image-1', n: 1, stream: false })
    expect(asked[0]?.authorization).toBeUndefined()
    const forced = await painted([{}], { askForBase64: true }, { ...REQUEST, model: 'gpt-image-1' })
    expect(forced.asked[0]?.body).toHaveProperty('response_format', 'b64_json')
  })

  test('asks for as many pictures a call as allowed, and reports them', async () => {
    const { outcome, asked, told, kept } = await painted([{}], { picturesPerCall: 2 }, { ...REQUEST, count: 5 })
    expect(outcome).toHaveLength(5)
    expect(asked.map(({ body }) => body.n)).toEqual([2, 2, 1])
    expect(told.map(({ fraction }) => fraction)).toEqual([0, 0.4, 0.8])
    expect(kept).toEqual([0, 1, 2, 3, 4])
  })

  test('asks for the same picture with the same key, where one is given', async () => {
    const keys = async (idempotencyKey?: string) => {
      await using double = await imagesDouble({})
      const options = idempotencyKey === undefined ? {} : { idempotencyKey }
      await new OpenAiImages({ url: double.url, model: 'm' }).generate({ ...REQUEST, count: 2 }, options)
      return double.keys
    }
    const first = await keys('k')
    expect(first).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(await keys('k')).toEqual(first)
    expect(new Set([...first, ...(await keys('l'))]).size).toBe(4)
    expect(await keys()).toEqual([undefined, undefined])
  })

  test('keeps the pictures that were paid for when a later call fails', async () => {
    const { outcome, kept } = await painted([{}, { status: 500, body: '{}' }], {}, { ...REQUEST, count: 2 })
    expect(outcome).toMatchObject({ outcome: 'generator_error' })
    expect(kept).toEqual([0])
  })

  test('fetches a picture that is given by address, where it may', async () => {
    const fetched: string[] = []
    const download = async (url: string) => {
      fetched.push(url)
      return doublePicture()
    }
    const { outcome } = await painted([{ byUrl: true }], { download })
    expect(outcome).toMatchObject([{ width: 32 }])
    expect(fetched).toEqual(['https://pictures.invalid/1.webp'])
    expect((await failure({ byUrl: true })).message).toContain('an address in place of a picture')
  })
})

describe('a server that fails', () => {
  test.each<[string, ImagesReply, object]>([
    [
      'a content filter',
      { status: 400, body: '{"error":{"message":"rejected","code":"content_policy_violation"}}' },
      { outcome: 'generator_refused', retryable: false, exitCode: 1 },
    ],
    [
      'moderation',
      { status: 400, body: '{"error":{"message":"rejected","code":"moderation_blocked"}}' },
      { outcome: 'generator_refused' },
    ],
    ['a wrong key', { status: 401, body: '{"error":{"message":"key"}}' }, { outcome: 'generator_denied', exitCode: 2 }],
    [
      'no credit',
      { status: 400, body: '{"error":{"message":"limit","code":"billing_hard_limit_reached"}}' },
      { outcome: 'generator_denied', retryable: false },
    ],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '20' } },
      { outcome: 'generator_busy', afterMs: 20_000 },
    ],
    [
      'a size it has not',
      { status: 400, body: '{"error":{"message":"size"}}' },
      { outcome: 'generator_invalid', exitCode: 2 },
    ],
    ['a failure', { status: 500, body: '{}' }, { outcome: 'generator_error', retryable: true }],
    ['a broken connection', { cutAfter: 30 }, { outcome: 'generator_unreachable', retryable: true }],
    ['no JSON', { body: '<html>' }, { outcome: 'generator_malformed' }],
    ['no pictures', { body: '{"data":[]}' }, { outcome: 'generator_malformed' }],
    ['an empty picture', { body: '{"data":[{}]}' }, { outcome: 'generator_malformed' }],
    ['a picture that is none', { body: '{"data":[{"b64_json":"aGVsbG8="}]}' }, { outcome: 'generator_malformed' }],
    ['silence', { hang: true }, { outcome: 'generator_timeout', retryable: true }],
  ])('%s', async (_, reply, expected) => {
    const error = await failure(reply, { timeoutMs: reply.hang ? 100 : 60_000 })
    expect(error).toMatchObject(expected)
    expect(error.message).toContain('dall-e-3 at http://127.0.0.1')
  })

  test('an abort ends the call with its own reason', async () => {
    await using double = await imagesDouble({ hang: true })
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const work = new OpenAiImages({ url: double.url, model: 'm' }).generate(REQUEST, { signal: controller.signal })
    while (double.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort(reason)
    await expect(work).rejects.toBe(reason)
  })
})
