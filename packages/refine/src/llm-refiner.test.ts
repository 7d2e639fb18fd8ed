import { describe, expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { LlmRefiner, type LlmRefinerOptions } from './llm-refiner.ts'
import { openAiDouble, type Reply } from './openai.double.ts'
import { RefineError } from './refine-error.ts'
import type { RefineRequest, Variant } from './refiner.ts'

const REQUEST: RefineRequest = {
  prompt: 'a lighthouse in a storm',
  neighbours: [
    { id: 'n1', prompt: 'lighthouse, oil on canvas, dramatic light', similarity: 0.91 },
    { id: 'n2', prompt: 'stormy sea, volumetric fog, by ivan aivazovsky', similarity: 0.84 },
  ],
  variants: 2,
  seed: 7,
}

const GOOD = {
  variants: [
    { prompt: 'a lighthouse in a storm, oil on canvas', reason: 'Names a medium.', neighbours: ['n1'] },
    { prompt: 'a lighthouse in a storm, volumetric fog', reason: 'Adds depth.', neighbours: ['n2', 'n2'] },
  ],
}

async function refined(replies: readonly Reply[], options: Partial<LlmRefinerOptions> = {}, request = REQUEST) {
  await using double = await openAiDouble(...replies)
  const refiner = new LlmRefiner({ url: double.url, model: 'm', instruction: 'Improve it.', ...options })
  const told: Variant[] = []
  const outcome = await refiner
    .refine(request, options.structure === 'none' ? { onVariant: (variant) => told.push(variant) } : {})
    .catch((error: unknown) => error)
  return { outcome, asked: double.asked, told, label: refiner.describe().label }
}

async function failure(
  reply: Reply | readonly Reply[],
  options: Partial<LlmRefinerOptions> = {},
): Promise<RefineError> {
  const { outcome } = await refined(Array.isArray(reply) ? reply : [reply as Reply], options)
  expect(outcome).toBeInstanceOf(RefineError)
  return outcome as RefineError
}

describe('an answer that holds', () => {
  test('becomes variants, with what they cost and who made them', async () => {
    const { outcome, label } = await refined([{ text: GOOD }], { price: { input: 10, output: 30 } })
    expect(outcome).toEqual({
      refiner: { kind: 'llm', label },
      variants: [
        { prompt: 'a lighthouse in a storm, oil on canvas', reason: 'Names a medium.', neighbours: ['n1'] },
        { prompt: 'a lighthouse in a storm, volumetric fog', reason: 'Adds depth.', neighbours: ['n2'] },
      ],
      usage: { calls: 1, inputTokens: 100, outputTokens: 50, cost: 0.0025, estimated: false },
      repaired: false,
    })
    expect(label).toMatch(/^m at http:\/\/127/)
  })

  test('is asked for with the model, limits, seed and shape that were configured', async () => {
    const { asked } = await refined([{ text: GOOD }], { temperature: 0.4, maxOutputTokens: 321, apiKey: 'sk-test' })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.path).toBe('/v1/chat/completions')
    expect(asked[0]?.headers.authorization).toBe('Bearer sk-test')
    expect(asked[0]?.body).toMatchObject({ model: 'm', temperature: 0.4, max_tokens: 321, seed: 7, stream: false })
    expect(asked[0]?.body.response_format.json_schema.strict).toBe(true)
    expect(asked[0]?.body.messages[0].content).toMatch(/^Improve it\./)
  })

  test('needs no key, and can be asked for as any server wants it', async () => {
    const options = {
      maxTokensField: 'max_completion_tokens',
      structure: 'json_object',
      headers: { 'x-a': 'b' },
    } as const
    const { asked } = await refined([{ text: GOOD }], options)
    expect(asked[0]?.headers).not.toHaveProperty('authorization')
    expect(asked[0]?.headers['x-a']).toBe('b')
    expect(asked[0]?.body.response_format).toEqual({ type: 'json_object' })
    expect(asked[0]?.body).toMatchObject({ max_completion_tokens: 1000 })
    expect(asked[0]?.body).not.toHaveProperty('max_tokens')
    expect(asked[0]?.body).not.toHaveProperty('temperature')
  })

  test('is streamed variant by variant when somebody watches', async () => {
    const { outcome, told, asked } = await refined([{ text: `\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\`` }], {
      structure: 'none',
    })
    expect(told.map((variant) => variant.prompt)).toEqual(GOOD.variants.map((variant) => variant.prompt))
    expect(outcome).toMatchObject({ variants: told, usage: { inputTokens: 100, outputTokens: 50, estimated: false } })
    expect(asked[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(asked[0]?.body).not.toHaveProperty('response_format')
  })

  test('has its tokens guessed where the server does not count them', async () => {
    const { outcome } = await refined([{ text: GOOD, usage: null }])
    expect(outcome).toMatchObject({ usage: { estimated: true, cost: null } })
    expect((outcome as { usage: { inputTokens: number } }).usage.inputTokens).toBeGreaterThan(100)
  })
})

describe('the key of a question', () => {
  async function keys(question: RefineRequest, idempotencyKey?: string): Promise<unknown[]> {
    await using double = await openAiDouble({ text: 'malformed' }, { text: GOOD })
    const refiner = new LlmRefiner({ url: double.url, model: 'm', instruction: 'x' })
    await refiner.refine(question, idempotencyKey === undefined ? {} : { idempotencyKey })
    return double.asked.map(({ headers }) => headers['idempotency-key'])
  }

  test('is the same for the same question alone: a repair, or other neighbours, are another one', async () => {
    const first = await keys(REQUEST, 'k')
    expect(first).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(await keys(REQUEST, 'k')).toEqual(first)
    const others = [await keys(REQUEST, 'l'), await keys({ ...REQUEST, prompt: 'a lighthouse' }, 'k')].flat()
    expect(new Set([...first, ...others]).size).toBe(6)
  })

  test('is not sent where none was given', async () => {
    expect(await keys(REQUEST)).toEqual([undefined, undefined])
  })
})

describe('a malformed answer', () => {
  test('is repaired once by asking again with everything that was wrong', async () => {
    const bad = { variants: [{ ...GOOD.variants[0], neighbours: ['n9'] }] }
    const { outcome, asked } = await refined([{ text: bad }, { text: GOOD }])
    expect(outcome).toMatchObject({ repaired: true, usage: { calls: 2, inputTokens: 200, outputTokens: 100 } })
    const messages = asked[1]?.body.messages
    expect(messages[2]).toEqual({ role: 'assistant', content: JSON.stringify(bad) })
    expect(messages[3].content).toContain('1 variants where exactly 2 were asked for')
    expect(messages[3].content).toContain('"n9" is not an id of the collection')
  })

  test('that stays malformed is reported, with what it cost', async () => {
    const error = await failure({ text: "I'm sorry, I can't do that." })
    expect(error).toMatchObject({ outcome: 'llm_malformed', retryable: false, exitCode: 1, usage: { calls: 2 } })
  })

  test('that was cut off at the token limit is not paid for a second time', async () => {
    const { outcome, asked } = await refined([{ text: '{"variants": [', finish: 'length' }])
    expect(outcome).toMatchObject({ outcome: 'llm_malformed', usage: { calls: 1 } })
    expect((outcome as Error).message).toContain('raise maxOutputTokens')
    expect(asked).toHaveLength(1)
  })

  test('keeps its cost when the repair fails for another reason', async () => {
    const error = await failure([{ text: 'no' }, { status: 500, body: '{"error":{"message":"boom"}}' }])
    expect(error).toMatchObject({ outcome: 'llm_error', usage: { calls: 1, inputTokens: 100 } })
    expect(error.message).toContain('boom')
  })
})

describe('a server that does not answer', () => {
  test.each<[string, Reply, object]>([
    [
      'a refusal',
      { text: '', refusal: 'I will not draw that. ' },
      { outcome: 'llm_refused', retryable: false, message: expect.stringMatching(/refused: I will not draw that\.$/) },
    ],
    ['a content filter on the answer', { text: '', finish: 'content_filter' }, { outcome: 'llm_refused' }],
    [
      'a content filter on the question',
      { status: 400, body: '{"error":{"message":"filtered","code":"content_filter"}}' },
      { outcome: 'llm_refused', exitCode: 1 },
    ],
    ['a wrong key', { status: 401, body: '{"error":{"message":"bad key"}}' }, { outcome: 'llm_denied', exitCode: 2 }],
    [
      'an empty account',
      { status: 429, body: '{"error":{"message":"quota","code":"insufficient_quota"}}' },
      { outcome: 'llm_denied', retryable: false },
    ],
    [
      'an unknown model',
      { status: 404, body: '{"error":{"message":"no m"}}' },
      { outcome: 'llm_invalid', exitCode: 2 },
    ],
    ['too many requests', { status: 429, headers: { 'retry-after': '3' } }, { outcome: 'llm_busy', afterMs: 3000 }],
    ['a pause in milliseconds', { status: 429, headers: { 'retry-after-ms': '250' } }, { afterMs: 250 }],
    ['an overload', { status: 503 }, { outcome: 'llm_busy', retryable: true, afterMs: undefined }],
    ['a failure', { status: 500 }, { outcome: 'llm_error', retryable: true }],
    ['an answer that breaks off', { text: GOOD, cutAfter: 40 }, { outcome: 'llm_unreachable', retryable: true }],
    ['an answer that is no JSON', { body: '<html>' }, { outcome: 'llm_unreachable' }],
    ['silence', { hang: true }, { outcome: 'llm_timeout', retryable: true }],
    ['an answer that stalls', { text: GOOD, cutAfter: 40, hang: true }, { outcome: 'llm_timeout' }],
  ])('%s', async (_, reply, expected) => {
    const error = await failure(reply, { timeoutMs: reply.hang ? 100 : 60_000 })
    expect(error).toMatchObject(expected)
    expect(error.message).toContain('m at http://127.0.0.1')
  })

  test.each<[string, Reply, object]>([
    ['breaks off', { text: GOOD, cutAfter: 300 }, { outcome: 'llm_unreachable' }],
    ['ends without its end', { text: GOOD, unfinished: true }, { outcome: 'llm_unreachable' }],
    ['stalls', { text: GOOD, cutAfter: 300, hang: true }, { outcome: 'llm_timeout' }],
    ['is refused', { text: '', refusal: 'no' }, { outcome: 'llm_refused' }],
    [
      'carries an error',
      { status: 200, headers: { 'content-type': 'text/event-stream' }, body: 'data: {"error":{"message":"oom"}}\n\n' },
      { outcome: 'llm_error' },
    ],
  ])('a stream that %s', async (_, reply, expected) => {
    expect(await failure(reply, { timeoutMs: reply.hang ? 100 : 60_000, structure: 'none' })).toMatchObject(expected)
  })

  test('nobody listening', async () => {
    const double = await openAiDouble({})
    await double[Symbol.asyncDispose]()
    const refiner = new LlmRefiner({ url: double.url, model: 'm', instruction: 'x' })
    const error = await refiner.refine(REQUEST).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome: 'llm_unreachable', retryable: true })
    expect((error as Error).message).toContain('ECONNREFUSED')
  })

  test('an abort ends the call with its own reason and drops the connection', async () => {
    await using double = await openAiDouble({ hang: true })
    const refiner = new LlmRefiner({ url: double.url, model: 'm', instruction: 'x' })
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const running = refiner.refine(REQUEST, { signal: controller.signal })
    while (double.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    while (double.closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })
})

describe('retries and budgets', () => {
  test('are laid around each call by the one policy that is given', async () => {
    const waits: unknown[] = []
    const retry: LlmRefinerOptions['retry'] = async (operation, policy) => {
      for (;;) {
        try {
          return await operation()
        } catch (error) {
          const verdict = policy.cures(error)
          if (verdict === false) throw error
          waits.push(verdict)
        }
      }
    }
    const replies = [{ status: 429, headers: { 'retry-after': '0' } }, { text: 'bad' }, { status: 500 }, { text: GOOD }]
    const { outcome, asked } = await refined(replies, { retry })
    expect(outcome).toMatchObject({ repaired: true, usage: { calls: 2 } })
    expect(asked).toHaveLength(4)
    expect(waits).toEqual([{ afterMs: 0 }, true])
  })

  test('refuse the call that might exceed them before it is made', async () => {
    const budget = new Budget({ tokens: 1_100 })
    const { outcome, asked } = await refined([{ text: GOOD }], { budget })
    expect(outcome).toMatchObject({ outcome: 'budget', exitCode: 3, retryable: false })
    expect(asked).toHaveLength(0)
    expect(budget.spent.tokens).toBe(0)
  })

  test('count what was really used, and nothing for a call that was turned down', async () => {
    const budget = new Budget({ cost: 1 })
    const price = { input: 10, output: 30 }
    await refined([{ text: GOOD }], { budget, price })
    expect(budget.spent).toEqual({ tokens: 150, cost: expect.closeTo(0.0025, 10) })
    await refined([{ status: 429 }], { budget, price })
    expect(budget.spent.tokens).toBe(150)
  })

  test('keep the worst case of a call whose fate is unknown', async () => {
    const budget = new Budget({ tokens: 10_000 })
    await refined([{ hang: true }], { budget, timeoutMs: 100, maxOutputTokens: 1_000 })
    expect(budget.spent.tokens).toBeGreaterThan(1_000)
  })

  test('note each call with its worst case before it is made, and which of them were turned down', async () => {
    const noted: unknown[] = []
    const calls = {
      asked: async (worst: object) => void noted.push(worst),
      turnedDown: async () => void noted.push('turned down'),
    }
    const ask = async (reply: Reply, options: Partial<LlmRefinerOptions> = {}) => {
      await using double = await openAiDouble(reply)
      const refiner = new LlmRefiner({
        url: double.url,
        model: 'm',
        instruction: 'x',
        maxOutputTokens: 300,
        ...options,
      })
      await refiner.refine(REQUEST, { calls }).catch(() => undefined)
      return noted.splice(0)
    }
    const worst = { tokens: expect.any(Number), cost: null }
    expect(await ask({ text: 'malformed' })).toEqual([worst, worst])
    expect(await ask({ status: 500 })).toEqual([worst, 'turned down'])
    expect(await ask({ text: GOOD, cutAfter: 40 })).toEqual([worst])
    const [priced] = await ask({ text: GOOD }, { price: { input: 0, output: 1_000_000 } })
    expect(priced).toEqual({ tokens: expect.any(Number), cost: 300 })
    expect((priced as { tokens: number }).tokens).toBeGreaterThan(300)
    expect(await ask({ text: GOOD }, { budget: new Budget({ tokens: 1 }) })).toEqual([])
  })

  test('count nothing for a call that never reached a server', async () => {
    const double = await openAiDouble({})
    await double[Symbol.asyncDispose]()
    const budget = new Budget({ tokens: 10_000 })
    const refiner = new LlmRefiner({ url: double.url, model: 'm', instruction: 'x', budget })
    await expect(refiner.refine(REQUEST)).rejects.toMatchObject({ outcome: 'llm_unreachable' })
    expect(budget.spent.tokens).toBe(0)
  })

  test.each([
    ['nowhere', 'is no address of a chat endpoint'],
    ['file:///etc/passwd', 'is no address of a chat endpoint'],
    ['https://me:secret@api.example.com/v1', 'The address of api.example.com holds a password'],
  ])('an endpoint at %s is turned down, and no password shown', (url, message) => {
    const make = () => new LlmRefiner({ url, model: 'm', instruction: 'x' })
    expect(make).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }))
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }))
  })

  test('need a price where the limit is a cost', () => {
    const options = { url: 'http://127.0.0.1:1/v1', model: 'm', instruction: 'x', budget: new Budget({ cost: 1 }) }
    expect(() => new LlmRefiner(options)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
