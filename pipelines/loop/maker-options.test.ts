import { describe, expect, it } from 'vitest'
import { generateOptions } from './generate-options.ts'
import { refineOptions } from './refine-options.ts'

const pathOf = (schema: typeof refineOptions | typeof generateOptions, value: object) =>
  schema.safeParse(value).error?.issues[0]?.path.join('.')

describe('who improves prompts', () => {
  it('is nobody outside this machine unless somebody is named', () => {
    expect(refineOptions.parse({})).toEqual({
      ...{ model: 'gpt-4o-mini', neighbours: 12, variants: 3, timeout: 120, budget: {} },
      ...{ maxTokensField: 'max_tokens', structure: 'json_schema', plainHttp: false },
    })
  })

  it.each<[object, string]>([
    [{ endpoint: 'localhost:11434' }, 'endpoint'],
    [{ endpoint: 'file:///etc/passwd' }, 'endpoint'],
    [{ endpoint: 'ftp://models.example/v1' }, 'endpoint'],
    [{ model: '' }, 'model'],
    [{ temperature: -0.1 }, 'temperature'],
    [{ temperature: 2.1 }, 'temperature'],
    [{ neighbours: 101 }, 'neighbours'],
    [{ neighbours: 1.5 }, 'neighbours'],
    [{ variants: 0 }, 'variants'],
    [{ variants: 51 }, 'variants'],
    [{ timeout: 0 }, 'timeout'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
    [{ maxTokensField: 'tokens' }, 'maxTokensField'],
    [{ structure: 'xml' }, 'structure'],
    [{ price: { input: 1 } }, 'price.output'],
    [{ price: { input: -1, output: 1 } }, 'price.input'],
    [{ budget: { cost: 0 } }, 'budget.cost'],
    [{ budget: { tokens: 0.5 } }, 'budget.tokens'],
    [{ budget: { money: 5 } }, 'budget'],
    [{ apiKey: 'secret' }, ''],
    [{ keyEnv: 'sk-proj-1234' }, 'keyEnv'],
    [{ plainHttp: 'yes' }, 'plainHttp'],
  ])('%j is refused, and it is told where', (value, path) => expect(pathOf(refineOptions, value)).toBe(path))

  it.each<[object]>([
    [{ endpoint: 'http://127.0.0.1:11434/v1' }],
    [{ endpoint: 'https://api.openai.com/v1', temperature: 0 }],
    [{ endpoint: 'https://openrouter.ai/api/v1', keyEnv: 'OPENROUTER_API_KEY' }],
    [{ neighbours: 0, variants: 50, temperature: 2 }],
    [{ price: { input: 0, output: 0 }, budget: { tokens: 1, cost: 0.01 } }],
  ])('%j may be', (value) => expect(refineOptions.parse(value)).toMatchObject(value))
})

describe('who paints', () => {
  it('is the stand-in unless somebody is named, with three tries', () => {
    expect(generateOptions.parse({})).toEqual({ painter: { kind: 'sketch' }, negativePrompt: '', attempts: 3 })
  })

  it.each<[string, object, object]>([
    ['automatic1111', { url: 'http://127.0.0.1:7860' }, { timeout: 600, restoreModel: true }],
    ['comfyui', { url: 'http://127.0.0.1:8188', workflow: 'w.json' }, { timeout: 600 }],
    ['openai-images', { url: 'https://api.openai.com/v1', model: 'm' }, { timeout: 300, picturesPerCall: 1 }],
  ])('%s needs its address, and has a default for all else', (kind, given, defaults) => {
    const whole = { kind, ...given, ...defaults, plainHttp: false }
    expect(generateOptions.parse({ painter: { kind, ...given } }).painter).toEqual(whole)
    for (const key of Object.keys(given)) {
      const without = Object.fromEntries(Object.entries(given).filter(([one]) => one !== key))
      expect(pathOf(generateOptions, { painter: { kind, ...without } })).toBe(`painter.${key}`)
    }
  })

  it.each<[object, string]>([
    [{ painter: { kind: 'automatic1111', url: 'file:///x' } }, 'painter.url'],
    [{ painter: { kind: 'automatic1111', url: 'http://x', password: 'secret' } }, 'painter'],
    [{ painter: { kind: 'comfyui', url: 'http://x', workflow: '' } }, 'painter.workflow'],
    [
      { painter: { kind: 'openai-images', url: 'http://x', model: 'm', picturesPerCall: 11 } },
      'painter.picturesPerCall',
    ],
    [{ painter: { kind: 'openai-images', url: 'http://x', model: 'm', timeout: 0 } }, 'painter.timeout'],
    [{ painter: { kind: 'openai-images', url: 'http://x', model: 'm', keyEnv: 'sk-1' } }, 'painter.keyEnv'],
    [{ painter: { kind: 'sketch', keyEnv: 'KEY' } }, 'painter'],
    [{ width: 15 }, 'width'],
    [{ height: 16_385 }, 'height'],
    [{ width: 512.5 }, 'width'],
    [{ steps: 1_001 }, 'steps'],
    [{ cfg: 101 }, 'cfg'],
    [{ cfg: -1 }, 'cfg'],
    [{ sampler: '' }, 'sampler'],
    [{ model: '' }, 'model'],
    [{ attempts: 0 }, 'attempts'],
    [{ attempts: 11 }, 'attempts'],
    [{ seed: 5 }, ''],
  ])('%j is refused, and it is told where', (value, path) => expect(pathOf(generateOptions, value)).toBe(path))
})

describe('every key of both', () => {
  it.each([
    ['refine', refineOptions],
    ['generate', generateOptions],
  ])('of %s says what it means, and its default where it need not be given', (_, schema) => {
    for (const [key, field] of Object.entries(schema.shape)) {
      expect([key, field.description]).toEqual([key, expect.stringMatching(/^[A-Z].*\.$/s)])
    }
  })
})
