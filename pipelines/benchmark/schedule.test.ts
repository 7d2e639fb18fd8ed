import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseGate } from './gate.ts'

const schedule = resolve(import.meta.dirname, '../../config/schedule')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-nightly-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What the program does: writes down how it was called, and ends as told; held, it first waits for a word on file 3. */
const program = (log: string, { runCode = 0, reportCode = 0, hold = false }) => `#!/bin/sh
for word in "$@"; do printf '[%s]' "$word" >> '${log}'; done
echo >> '${log}'
[ "$1" = report ] && exit ${reportCode}
trap 'exit 3' TERM
echo started
${hold ? 'read _ <&3' : ''}
exit ${runCode}
`

/** Starts nightly.sh on such a program. */
async function nightly(
  { configuration = 'my config.yaml', lock = true, path = process.env.PATH, ...ends }: NightOptions,
  ...conditions: string[]
) {
  const log = join(folder, 'calls')
  await writeFile(join(folder, 'promptloom'), program(log, ends), { mode: 0o755 })
  const env = {
    PATH: path,
    PROMPTLOOM: join(folder, 'promptloom'),
    TMPDIR: folder,
    ...(lock ? { PROMPTLOOM_LOCK: join(folder, 'lock') } : {}),
  }
  const child = spawn('/bin/sh', [join(schedule, 'nightly.sh'), configuration, ...conditions], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors += text
  })
  return {
    /** Resolves once the program runs. */
    started: once(child.stdout as Readable, 'data'),
    /** Lets a held program go on. */
    release: () => (child.stdio[3] as Writable).end('\n'),
    stop: () => child.kill('SIGTERM'),
    ended: once(child, 'close').then(([code]) => code as number),
    errors: () => errors,
    calls: () => readFile(log, 'utf8').catch(() => ''),
  }
}

interface NightOptions {
  readonly runCode?: number
  readonly reportCode?: number
  readonly hold?: boolean
  readonly configuration?: string
  readonly lock?: boolean
  readonly path?: string
}

test('runs, then holds the report against the default conditions', async () => {
  const { ended, calls } = await nightly({})
  expect(await ended).toBe(0)
  expect(await calls()).toBe(
    '[run][--config][my config.yaml]\n[report][--config][my config.yaml][--fail-if][recall@10<0.985][--fail-if][p95>1.5x]\n',
  )
  expect(() => ['recall@10<0.985', 'p95>1.5x'].map(parseGate)).not.toThrow()
})

test('passes conditions on as they are, and refuses one that could break out of its quotes', async () => {
  const { ended, calls } = await nightly({}, 'text-to-image.recall<90%', '$(touch x)')
  expect(await ended).toBe(0)
  expect(await calls()).toContain('[--fail-if][text-to-image.recall<90%][--fail-if][$(touch x)]')
  expect(existsSync('x')).toBe(false)
  expect(await (await nightly({}, "p95>1'; rm")).ended).toBe(2)
})

test('ends with the code that says what to do', async () => {
  for (const runCode of [1, 2, 3]) {
    const { ended, calls } = await nightly({ runCode })
    expect(await ended).toBe(runCode)
    expect(await calls()).not.toContain('[report]')
    await rm(join(folder, 'calls'))
  }
  expect(await (await nightly({ reportCode: 1 })).ended).toBe(1)
})

test('a second start while one runs ends with 75 and does nothing', async () => {
  const first = await nightly({ hold: true })
  await first.started
  const second = await nightly({ hold: true })
  expect(await second.ended).toBe(75)
  expect(second.errors()).toMatch(/Another nightly run is at work/)
  first.release()
  expect(await first.ended).toBe(0)
  expect((await first.calls()).split('\n').filter((line) => line.startsWith('[run]'))).toHaveLength(1)
  // The lock goes with the night that took it.
  expect(await (await nightly({})).ended).toBe(0)
})

test('nights of two configurations do not wait for each other, and those of one do', async () => {
  const [one, two] = [join(folder, 'one.yaml'), join(folder, 'two.yaml')]
  const first = await nightly({ hold: true, configuration: one, lock: false })
  await first.started
  const [same, other] = await Promise.all([one, two].map((configuration) => nightly({ configuration, lock: false })))
  expect(await same?.ended).toBe(75)
  expect(await other?.ended).toBe(0)
  first.release()
  expect(await first.ended).toBe(0)
})

test('told to stop, it tells the program, waits for it, and ends with 3 without a report', async () => {
  const { started, stop, ended, calls } = await nightly({ hold: true })
  await started
  stop()
  expect(await ended).toBe(3)
  expect(await calls()).not.toContain('[report]')
})

test('without flock nothing runs, and it is no "another is at work", which nobody would look at', async () => {
  const programs = join(folder, 'programs')
  await mkdir(programs)
  for (const name of ['readlink', 'cksum', 'cut', 'id']) await symlink(`/usr/bin/${name}`, join(programs, name))
  const { ended, errors, calls } = await nightly({ path: programs })
  expect(await ended).toBe(2)
  expect(errors()).toMatch(/There is no flock here/)
  expect(await calls()).toBe('')
  // Nor is a lock that can't be taken, e.g. on a network disk without locks.
  await writeFile(join(programs, 'flock'), '#!/bin/sh\nexit 66\n', { mode: 0o755 })
  const refused = await nightly({ path: programs })
  expect(await refused.ended).toBe(2)
  expect(refused.errors()).toMatch(/lock can't be locked \(flock ended with 66\)/)
})

test('the CronJob forbids a second start and keeps exit codes 1 and 2 from being tried again', async () => {
  const job = parse(await readFile(join(schedule, 'cronjob.yaml'), 'utf8'))
  expect(job).toMatchObject({ kind: 'CronJob', spec: { concurrencyPolicy: 'Forbid' } })
  const rules = job.spec.jobTemplate.spec.podFailurePolicy.rules
  expect(rules[0]).toMatchObject({ action: 'FailJob', onExitCodes: { values: [1, 2] } })
  const [container] = job.spec.jobTemplate.spec.template.spec.containers
  expect(container.command[0]).toBe('config/schedule/nightly.sh')
  expect(container.name).toBe(rules[0].onExitCodes.containerName)
})

test('timer, service and crontab start the same script', async () => {
  const text = (name: string) => readFile(join(schedule, name), 'utf8')
  expect(await text('promptloom.service')).toMatch(/^ExecStart=\S+config\/schedule\/nightly\.sh /m)
  expect(await text('promptloom.service')).toMatch(/^OnFailure=/m)
  // SIGTERM to nightly.sh and the program both would be the program's second, which ends it at once.
  expect(await text('promptloom.service')).toMatch(/^KillMode=mixed$/m)
  expect(await text('promptloom.timer')).toMatch(/^OnCalendar=/m)
  expect(await text('crontab')).toMatch(/^0 2 \* \* \* .*config\/schedule\/nightly\.sh /m)
})
