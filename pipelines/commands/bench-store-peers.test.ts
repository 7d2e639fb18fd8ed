import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askByTurns } from './bench-store-measure.ts'
import { type PeerLimits, PeerProcess } from './bench-store-peer-host.ts'
import { DIMENSION, shardVectors } from './bench-store-rows.ts'

const ROWS = 60
const LIMITS = { seconds: 300, bytes: 8e9 }

/** Deaf for a minute, as a library in native code is; then gone, should nobody have ended it. */
const STUCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000); process.exit()'

/** A package of usearch's name and calls that compares everything; `add` begins with what a test wants to go wrong. */
const usearch = (trouble = '') => `
const { writeFileSync, readFileSync } = require('node:fs')
class Index {
  constructor({ dimensions, expansion_search }) { Object.assign(this, { dimensions, expansion_search, rows: [] }) }
  add(keys, vectors) {
    ${trouble}
    for (const [at, key] of keys.entries()) this.rows.push([Number(key), vectors[at * this.dimensions]])
  }
  save(file) { writeFileSync(file, JSON.stringify(this.rows)) }
  view(file) { this.rows = JSON.parse(readFileSync(file, 'utf8')) }
  search(question, k) {
    if (question[0] > 5) process.exit(7)
    if (question[0] > 2) throw new Error('no such question')
    const sorted = this.rows.map(([key, first]) => [Math.abs(first - question[0]), key]).sort(([a], [b]) => a - b)
    return { keys: BigUint64Array.from(sorted.slice(0, k), ([, key]) => BigInt(key)) }
  }
}
module.exports = { Index }`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-peers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(name: string, source: string | undefined, limits: PeerLimits = LIMITS) {
  const job = await prepare(name, source)
  return PeerProcess.start(job, limits)
}

async function prepare(name: string, source: string | undefined) {
  const at = join(folder, name)
  await mkdir(join(at, 'node_modules', 'usearch'), { recursive: true })
  if (source !== undefined) await writeFile(join(at, 'node_modules', 'usearch', 'index.js'), source)
  return { peer: 'usearch', folder: at, scratch: at, rows: ROWS }
}

const question = (first: number) => Float32Array.from({ length: DIMENSION }, (_, at) => (at === 0 ? first : 0))

describe('a peer in its own process', () => {
  test('is loaded, built and asked in each of its ways; it measures its own time', async () => {
    await using peer = (await start('good', usearch())) as PeerProcess
    expect(peer.build).toMatchObject({ name: 'usearch (library) f32 M32 efc128' })
    expect(peer.build.failure).toBeUndefined()
    expect(peer.build.buildSeconds).toBeGreaterThan(0)
    expect(peer.build.processorSeconds).toBeGreaterThan(0)
    expect(peer.contenders.map(({ name }) => name)).toEqual([
      'usearch (library) f32 M32 efc128 ef 128',
      'usearch (library) f32 M32 efc128 ef 512',
    ])
    const first = shardVectors(0, ROWS)[DIMENSION * 42] as number
    const turns = await askByTurns(peer.contenders, [question(first)], { warmUp: 1 })
    for (const { answers, times } of turns) {
      expect(answers[0]?.rows).toHaveLength(10)
      expect(answers[0]?.rows[0]).toBe(42)
      expect(times).toEqual([answers[0]?.milliseconds])
    }
  })

  test('that fails at a question, or ends at one, says so, and what it had answered stays', async () => {
    await using peer = (await start('good', usearch())) as PeerProcess
    const turns = await askByTurns(peer.contenders, [question(0), question(3), question(0), question(9)], { warmUp: 0 })
    expect(turns.map(({ questions, failure }) => ({ questions, failure }))).toEqual([
      { questions: [0], failure: 'no such question' },
      { questions: [0], failure: 'no such question' },
    ])
    const [contender] = peer.contenders
    await expect(contender?.ask(question(9))).rejects.toThrow(/ended while it was asked/)
    await expect(contender?.ask(question(0))).rejects.toThrow(/has ended/)
  })

  test.each([
    ['throws', "throw new Error('no room for rows')", 'no room for rows'],
    ['ends', 'process.exit(9)', 'ended by itself (code 9)'],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", 'ended by itself (SIGKILL)'],
  ])('that %s while it is loaded is left out, with the reason', async (_, trouble, failure) => {
    await using peer = (await start('bad', usearch(trouble))) as PeerProcess
    expect(peer.build).toMatchObject({ name: 'usearch', failure })
    expect(peer.contenders).toEqual([])
  })

  test('that takes too long is ended', async () => {
    await using peer = (await start('bad', usearch(STUCK), { ...LIMITS, seconds: 1 })) as PeerProcess
    expect(peer.build.failure).toBe('not loaded and indexed within 0 minutes')
  })

  test.runIf(process.platform === 'linux')('that takes too much memory is ended', async () => {
    await using peer = (await start('bad', usearch(STUCK), { ...LIMITS, bytes: 1e6 })) as PeerProcess
    expect(peer.build.failure).toBe('took more than 0.0 GB of memory')
    expect(peer.build.peakBytes).toBeGreaterThan(1e6)
  })

  test('ends with the bench that is given up', async () => {
    const controller = new AbortController()
    const limits = { ...LIMITS, signal: controller.signal }
    const job = await prepare('bad', usearch(STUCK))
    const starting = PeerProcess.start(job, limits)
    controller.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
    await expect(PeerProcess.start(job, limits)).rejects.toThrow('enough')
  })

  test('whose package is not installed takes no part', async () => {
    expect(await start('empty', undefined)).toBeUndefined()
  })
})
