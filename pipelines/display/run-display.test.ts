import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readStatus } from '@promptloom/runner/status'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Configuration } from '../configuration.ts'
import { runAndShow } from './run-display.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-show-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const stage = (name: string) => ({
  stage: {
    ...{ name, version: 1, options: z.unknown(), outcomes: { ok: 'ok' } as const },
    plan: async () => [{ name: '0', rows: 1 }],
    async process() {
      await setTimeout(50)
      return { outcomes: { ok: 1 } }
    },
  },
  options: {},
})
const pipeline = [stage('one'), stage('two')]
const show = () => runAndShow({ workspace, model: 'm' } as Configuration, { pipeline }, false)

describe('runAndShow', () => {
  it('leaves the configuration in the workspace that it was run with', async () => {
    expect((await show()).exitCode).toBe(0)
    expect(JSON.parse(await readFile(join(workspace, 'configuration.json'), 'utf8')).model).toBe('m')
  })

  it('does the work to its end before it tells that the configuration could not be kept', async () => {
    await mkdir(join(workspace, 'configuration.json', 'in the way'), { recursive: true })
    await expect(show()).rejects.toThrow(/configuration\.json/)
    expect((await readStatus(workspace, pipeline)).complete).toBe(true)
  })
})
