import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAiDouble } from '@promptloom/refine/openai.double'
import { describe, expect, it, vi } from 'vitest'
import { makerOf } from '../feedback/maker.ts'
import { refineOptions } from './refine-options.ts'
import { openRefiner } from './refiner.ts'
import { SketchProcess } from './sketch-process.ts'

const open = (options: object, from: Record<string, string> = {}) => openRefiner(refineOptions.parse(options), { from })
const request = { prompt: 'a cat', neighbours: [], variants: 1 }
const answer = { text: { variants: [{ prompt: 'a cat, detailed', reason: 'more of it', neighbours: [] }] } }

describe('the refiner that the configuration means', () => {
  it('is no language model where no endpoint is given, and says so', async () => {
    const refiner = await open({})
    expect(refiner.describe()).toMatchObject({ kind: 'offline', label: expect.stringContaining('no language model') })
    expect(makerOf(refiner)).toMatchObject({ kind: 'offline', standIn: true })
  })

  it('asks the endpoint with the key of the environment, the model and the temperature', async () => {
    await using double = await openAiDouble(answer)
    const refiner = await open({ endpoint: double.url, model: 'm', temperature: 0.3 }, { OPENAI_API_KEY: 'secret' })
    expect(makerOf(refiner)).toMatchObject({ kind: 'llm', standIn: false })
    expect((await refiner.refine(request)).variants).toHaveLength(1)
    const [asked] = double.asked
    expect(asked?.headers.authorization).toBe('Bearer secret')
    expect(asked?.body).toMatchObject({ model: 'm', temperature: 0.3 })
  })

  it('needs no key for a server of one’s own', async () => {
    await using double = await openAiDouble(answer)
    await (await open({ endpoint: double.url })).refine(request)
    expect(double.asked[0]?.headers.authorization).toBeUndefined()
  })

  it('is told what to do by the user’s own file', async () => {
    await using double = await openAiDouble(answer)
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-instruction-'))
    const instruction = join(folder, 'mine.md')
    await writeFile(instruction, 'Speak only of cats.')
    await (await open({ endpoint: double.url, instruction })).refine(request)
    expect(JSON.stringify(double.asked[0]?.body.messages)).toContain('Speak only of cats.')
    await rm(folder, { recursive: true })
    await expect(open({ endpoint: double.url, instruction })).rejects.toMatchObject({ exitCode: 2 })
  })

  it('spends no more than the budget, less what was spent before', async () => {
    await using double = await openAiDouble(answer)
    const options = refineOptions.parse({ endpoint: double.url, budget: { tokens: 10_000 } })
    const refiner = await openRefiner(options, { spent: { tokens: 9_999 }, from: {} })
    await expect(refiner.refine(request)).rejects.toMatchObject({ outcome: 'budget', exitCode: 3 })
    expect(double.asked).toHaveLength(0)
  })

  it('cannot keep to a cost without a price', async () => {
    const limited = open({ endpoint: 'http://127.0.0.1:9', budget: { cost: 1 } })
    await expect(limited).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('price') })
  })
})

describe('the key of the endpoint', () => {
  const keys = { OPENAI_API_KEY: 'sk-openai', MY_KEY: 'sk-mine' }

  it('is that of the variable which the configuration names', async () => {
    await using double = await openAiDouble(answer)
    await (await open({ endpoint: double.url, keyEnv: 'MY_KEY' }, keys)).refine(request)
    expect(double.asked[0]?.headers.authorization).toBe('Bearer sk-mine')
    await expect(open({ endpoint: double.url, keyEnv: 'OTHER' }, keys)).rejects.toMatchObject({ exitCode: 2 })
  })

  it('is not handed on by a redirect, nor is the prompt', async () => {
    await using other = await openAiDouble(answer)
    await using double = await openAiDouble({ status: 307, headers: { location: `${other.url}/chat/completions` } })
    const refiner = await open({ endpoint: double.url }, keys)
    const asked = refiner.refine(request, { onVariant: () => undefined })
    await expect(asked).rejects.toMatchObject({ outcome: 'llm_invalid', message: expect.stringContaining(other.url) })
    expect(double.asked).toHaveLength(1)
    expect(other.asked).toEqual([])
  })

  it('is asked for where it is wrong', async () => {
    await using double = await openAiDouble({ status: 401, body: '{"error":{"message":"no"}}' })
    const refiner = await open({ endpoint: double.url }, keys)
    const denied = { outcome: 'llm_denied', message: expect.stringMatching(/; set OPENAI_API_KEY, or a better one\.$/) }
    await expect(refiner.refine(request)).rejects.toMatchObject(denied)
  })

  it('has no company: headers that the environment adds for OpenAI’s own tools stay at home', async () => {
    await using double = await openAiDouble(answer)
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Gateway-Token: secret')
    try {
      await (await open({ endpoint: double.url }, keys)).refine(request)
    } finally {
      vi.unstubAllEnvs()
    }
    expect(double.asked[0]?.headers).not.toHaveProperty('x-gateway-token')
  })
})

describe('who made something', () => {
  it('is told of painters in the same form', () => {
    expect(makerOf(new SketchProcess())).toMatchObject({ kind: 'sketch', standIn: true })
  })
})
