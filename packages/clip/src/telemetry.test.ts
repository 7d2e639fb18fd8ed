import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
let model: string
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'promptloom-telemetry-'))
  await writeSyntheticModel(model, TINY)
})
afterAll(() => rm(model, { recursive: true, force: true }))

/** Embeds a text in a process of its own, whose command line has so many further characters. */
async function embedIn(characters: number) {
  const program = `
    const { openModel } = await import(${JSON.stringify(new URL('./model.ts', import.meta.url).href)})
    const model = await openModel(process.argv[1], { workers: 1 })
    console.log((await model.text.embed(['a castle'])).length, process.env.ORT_DISABLE_TELEMETRY)
    await model[Symbol.asyncDispose]()`
  const args = ['--import', tsx, '--input-type=module', '--eval', program, model, 'a castle, '.repeat(characters / 10)]
  // Continuous integration has it switched off anyway.
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...env } = process.env
  return promisify(execFile)(process.execPath, args, { env })
}

describe('telemetry of ONNX Runtime', () => {
  it('is off before the library is loaded, so that it reads no command line, which crashes it at 30,000 characters', async () => {
    const { stdout } = await embedIn(30_000)
    expect(stdout).toBe('1 1\n')
  })
})
