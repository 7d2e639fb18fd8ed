import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Checkpoint } from '@promptloom/runner/stage'
import { describe, expect, it } from 'vitest'
import { modelFacts, SYNTHETIC_VECTORS } from './model-facts.ts'
import { hostLinks, indexBuilds, stageLedger } from './run-facts.ts'

function checkpoint(shard: string, given: Partial<Checkpoint>): Checkpoint {
  return {
    stage: 'stage',
    shard,
    fingerprint: 'f',
    rows: 0,
    outcomes: {},
    files: [],
    facts: {},
    parts: {},
    timings: {},
    seconds: 0,
    run: 'r',
    committed: '2026-11-24T06:10:54.123Z',
    ...given,
  }
}

describe('stageLedger', () => {
  it('adds up rows, outcomes, bytes and time over all shards', () => {
    const file = { stage: 's', shard: '0', name: 'a', bytes: 500, sha256: '' }
    const ledger = stageLedger('fetch-images', [
      checkpoint('0', { rows: 10, outcomes: { ok: 8, http_404: 2 }, files: [file], seconds: 4, timings: { fetch: 3 } }),
      checkpoint('1', {
        rows: 5,
        outcomes: { ok: 5 },
        files: [file],
        seconds: 1,
        timings: { fetch: 1, assemble: 0.5 },
      }),
    ])
    expect(ledger).toEqual({
      stage: 'fetch-images',
      shards: 2,
      rows: 15,
      outcomes: { ok: 13, http_404: 2 },
      bytes: 1000,
      seconds: 5,
      rate: 3,
      steps: { fetch: 4, assemble: 0.5 },
    })
  })

  it('has no rate where nothing was done', () => {
    expect(stageLedger('load', [])).toMatchObject({ shards: 0, rows: 0, rate: 0 })
  })
})

describe('hostLinks', () => {
  const links = (...lines: [string, string, Record<string, number>][]) => ({
    facts: { links: lines.map(([host, month, outcomes]) => ({ host, month, outcomes })) },
  })

  it('sums each host and month over shards, the most dead ones first; a duplicate is no dead link', () => {
    const found = hostLinks([
      links(['a.example', '2026-10', { ok: 5, http_404: 1 }], ['b.example', '2026-10', { dns: 3 }]),
      links(['a.example', '2026-11', { duplicate: 2, timeout: 1 }], ['b.example', '2026-10', { http_404: 1 }]),
      { facts: {} },
    ])
    expect(found).toEqual([
      { host: 'b.example', month: '2026-10', rows: 4, dead: 4, outcomes: { dns: 3, http_404: 1 } },
      { host: 'a.example', month: '2026-10', rows: 6, dead: 1, outcomes: { ok: 5, http_404: 1 } },
      { host: 'a.example', month: '2026-11', rows: 3, dead: 1, outcomes: { duplicate: 2, timeout: 1 } },
    ])
  })

  it('lists at most 25 hosts', () => {
    const many = Array.from({ length: 40 }, (_, index) => [`h${index}`, '2026-10', { dns: index + 1 }] as const)
    expect(hostLinks([links(...(many as never as [string, string, Record<string, number>][]))])).toHaveLength(25)
  })
})

describe('indexBuilds', () => {
  it('takes the time of the build itself, and leaves other shards out', () => {
    const builds = indexBuilds([
      checkpoint('text', { rows: 900, seconds: 12, timings: { build: 9 } }),
      checkpoint('other', { rows: 1 }),
    ])
    expect(builds).toMatchObject([{ table: 'text', rows: 900, seconds: 9, rate: 100, bytes: null, peakBytes: null }])
  })
})

describe('modelFacts', () => {
  it('says what the README says of a stand-in, and tells one by its weight', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-model-'))
    expect(await modelFacts(undefined, 'd')).toEqual({ name: 'unnamed', digest: 'd', standIn: null })
    expect(await modelFacts(undefined, undefined)).toEqual({ name: 'unnamed', digest: '', standIn: null })
    expect(await modelFacts(undefined, SYNTHETIC_VECTORS)).toMatchObject({
      ...{ name: 'synthetic vectors', digest: '' },
      standIn: expect.stringMatching(/random unit vectors/),
    })
    expect(await modelFacts(folder, 'd')).toMatchObject({ standIn: null })
    await writeFile(join(folder, 'README.md'), '# Model\n\nSmall and quick. It is a *stand-in* for CLIP.\n')
    expect(await modelFacts(folder, 'd')).toMatchObject({ digest: 'd', standIn: 'It is a stand-in for CLIP.' })
    await rm(folder, { recursive: true, force: true })
  })
})
