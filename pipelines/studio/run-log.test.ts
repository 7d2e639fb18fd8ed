import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LogLine, RunLog } from './run-log.ts'

let folder: string
let log: RunLog
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-run-log-'))
  log = new RunLog(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const line = (run: string, msg: string, more: object = {}) =>
  `${JSON.stringify({ level: 30, time: '2026-11-24T10:00:00.000Z', run, ...more, msg })}\n`
const write = (...lines: string[]) => appendFile(join(folder, 'run.log'), lines.join(''))

/** Takes so many events of the log, with their ids. */
async function take(count: number, last?: number) {
  const leave = new AbortController()
  const taken: { id: number; line: LogLine }[] = []
  const options = { signal: leave.signal, pollMs: 5, ...(last === undefined ? {} : { last }) }
  for await (const { id, data } of log.follow(options)) {
    taken.push({ id: Number(id), line: data as LogLine })
    if (taken.length === count) leave.abort()
  }
  return taken
}

describe('the log of the runs', () => {
  it('is empty where nothing ever ran', async () => {
    expect(await log.size()).toBe(0)
    expect(await log.lastRun()).toEqual({ lines: [], end: 0 })
    expect(await log.tail()).toEqual([])
  })

  it('is told from the beginning of the last run, and goes on with what is written', async () => {
    await write(line('a', 'run-start'), line('a', 'run-end'), line('b', 'run-start'), line('b', 'stage-start'))
    const taking = take(3)
    await write(line('b', 'stage-end', { report: { stage: 'x' } }))
    const taken = await taking
    expect(taken.map(({ line }) => [line.run, line.msg])).toEqual([
      ['b', 'run-start'],
      ['b', 'stage-start'],
      ['b', 'stage-end'],
    ])
    expect(taken[2]?.line).toEqual({
      level: 30,
      time: '2026-11-24T10:00:00.000Z',
      run: 'b',
      msg: 'stage-end',
      report: { stage: 'x' },
    })
  })

  it('goes on behind the event that a reader had last', async () => {
    await write(line('a', 'run-start'), line('a', 'one'), line('a', 'two'))
    const [first] = await take(1)
    expect((await take(2, first?.id)).map(({ line }) => line.msg)).toEqual(['one', 'two'])
  })

  it('begins anew where a place lies behind its end: it is another log', async () => {
    await write(line('a', 'run-start'))
    expect((await take(1, 1_000_000)).map(({ line }) => line.msg)).toEqual(['run-start'])
  })

  it('takes a line only when all of it is there', async () => {
    await write(line('a', 'run-start'))
    const whole = line('a', 'stage-start', { stage: 'ümläut' })
    const taking = take(2)
    await write(whole.slice(0, 40))
    await write(whole.slice(40))
    expect((await taking)[1]?.line.stage).toBe('ümläut')
  })

  it('leaves out what is no line of ours', async () => {
    await write('\n', 'garbage\n', '{"msg":1}\n', '[]\n', 'null\n', line('a', 'run-start'))
    expect((await log.lastRun()).lines.map(({ line }) => line.msg)).toEqual(['run-start'])
  })

  it('is read in pieces where it is long, and looked through from near its end', async () => {
    const long = Array.from({ length: 30_000 }, (_, at) => line('a', 'shard-done', { shard: String(at) }))
    await writeFile(join(folder, 'run.log'), [line('a', 'run-start'), ...long].join(''))
    const { lines } = await log.lastRun()
    expect(lines).toHaveLength(30_001)
    const tail = await log.tail()
    expect(tail.length).toBeLessThan(1_000)
    expect(tail.at(-1)?.shard).toBe('29999')
  })

  it('gets past a line that is longer than all that is read at once', async () => {
    await write(line('a', 'run-start'), `${'x'.repeat(3 << 20)}\n`, line('a', 'run-end'))
    expect((await log.lastRun()).lines.map(({ line }) => line.msg)).toEqual(['run-start', 'run-end'])
  })
})
