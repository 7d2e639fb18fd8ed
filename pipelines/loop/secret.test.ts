import { describe, expect, it } from 'vitest'
import { openAiKey, painterSecret, type Service } from './secret.ts'

const FROM = { OPENAI_API_KEY: 'sk-openai', MY_KEY: 'sk-mine', COMFYUI_TOKEN: 'token' }
const service = (address: string, more: Partial<Service> = {}): Service => ({
  ...{ section: 'refine', address, plainHttp: false },
  ...more,
})

describe('OPENAI_API_KEY', () => {
  it.each([
    ['https://api.openai.com/v1'],
    ['https://eu.api.openai.com/v1'],
    ['http://127.0.0.1:11434/v1'],
    ['http://localhost:8000/v1'],
    ['http://models.localhost:8000/v1'],
    ['http://[::1]:8000/v1'],
    ['http://127.9.9.9/v1'],
  ])('goes to %s', (address) => expect(openAiKey(service(address), FROM).value).toBe('sk-openai'))

  it.each([
    ['https://api.openai.co/v1', 'a typo'],
    ['https://api.openai.com.evil.example/v1', 'a name that begins alike'],
    ['https://notapi.openai.com/v1', 'a name that ends alike'],
    ['https://a.b.api.openai.com/v1', 'a host that OpenAI has not'],
    ['https://api-openai.com/v1', 'a look-alike'],
    ['https://openrouter.ai/api/v1', 'another service'],
    ['http://192.168.1.20:11434/v1', 'a machine of the house'],
    ['http://nas.local:11434/v1', 'a machine with a name'],
    ['http://127.0.0.1.evil.example/v1', 'a name that begins like this machine’s'],
    ['http://localhost.evil.example/v1', 'the same'],
    ['http://[::ffff:192.168.1.20]/v1', 'an address in the clothes of another'],
  ])('stays away from %s: %s', (address) => {
    const { value, advice } = openAiKey(service(address), FROM)
    expect(value).toBeUndefined()
    expect(advice).toContain('refine.keyEnv')
  })

  it('goes out encrypted or not at all', () => {
    expect(() => openAiKey(service('http://api.openai.com/v1'), FROM)).toThrow(
      'OPENAI_API_KEY would go to http://api.openai.com/v1 unencrypted, where everybody on the way can read it; use https, or accept that with refine.plainHttp: true.',
    )
    expect(openAiKey(service('http://api.openai.com/v1'), {}).value).toBeUndefined()
  })

  it('is asked for where it is missing', () => {
    expect(openAiKey(service('https://api.openai.com/v1'), {})).toEqual({
      value: undefined,
      advice: 'set OPENAI_API_KEY, or a better one',
    })
  })
})

describe('a key of one’s own', () => {
  const keyEnv = 'MY_KEY'

  it('goes where the configuration says, in place of OpenAI’s', () => {
    for (const address of ['https://openrouter.ai/api/v1', 'https://api.openai.com/v1', 'http://127.0.0.1:1/v1']) {
      expect(openAiKey(service(address, { keyEnv }), FROM).value).toBe('sk-mine')
    }
  })

  it('must be there: OpenAI’s never takes its place', () => {
    const missing = () => openAiKey(service('https://api.openai.com/v1', { keyEnv: 'MY_KYE' }), FROM)
    expect(missing).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(missing).toThrow(
      'refine.keyEnv names the environment variable MY_KYE, which is not set; set it to the key of https://api.openai.com/v1, or leave refine.keyEnv out.',
    )
  })

  it('goes unencrypted to this machine, and to another where that was accepted', () => {
    const lan = 'http://192.168.1.20:8000/v1'
    expect(() => openAiKey(service(lan, { keyEnv }), FROM)).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(openAiKey(service(lan, { keyEnv, plainHttp: true }), FROM).value).toBe('sk-mine')
  })
})

describe('the secret of a painter', () => {
  const painter = (address: string, more: Partial<Service> = {}) =>
    painterSecret('COMFYUI_TOKEN', service(address, { section: 'generate.painter', ...more }), FROM)

  it('goes where its owner says, encrypted, or to this machine', () => {
    expect(painter('https://comfy.example')).toBe('token')
    expect(painter('http://127.0.0.1:8188')).toBe('token')
    expect(() => painter('http://192.168.1.20:8188')).toThrow(/generate\.painter\.plainHttp: true\.$/)
    expect(painter('http://192.168.1.20:8188', { plainHttp: true })).toBe('token')
  })

  it('that is not set bars no address', () => {
    expect(painterSecret('OTHER', service('http://192.168.1.20:8188'), FROM)).toBeUndefined()
  })
})
