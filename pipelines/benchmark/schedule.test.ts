import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseGate } from './gate.ts'

const schedule = resolve(import.meta.dirname, '../../config/schedule')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-nightly-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Starts nightly.sh on a program that writes down how it was called and ends as told. */
async function nightly(
  { runCode = 0, reportCode = 0, hold = 0, configuration = 'my config.yaml', lock = true },
  ...conditions: string[]
) {
  const program = join(folder, 'promptloom')
  const log = join(folder, 'calls')
  await writeFile(
    program,
    `#!/bin/sh\nfor word in "$@"; do printf '[%s]' "$word" >> '${log}'; done; echo >> '${log}'\ncase $1 in run) sleep ${hold}; exit ${runCode};; report) exit ${reportCode};; esac\n`,
  )
  await chmod(program, 0o755)
  const env = {
    PATH: process.env.PATH,
    PROMPTLOOM: program,
    TMPDIR: folder,
    ...(lock ? { PROMPTLOOM_LOCK: join(folder, 'lock') } : {}),
  }
  const child = spawn('sh', [join(schedule, 'nightly.sh'), configuration, ...conditions], { env })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  const ended = once(child, 'close').then(([code]) => code as number)
  return { ended, errors: () => errors, calls: () => readFile(log, 'utf8').catch(() => '') }
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
  const first = await nightly({ hold: 2 })
  while ((await first.calls()) === '') await new Promise((resolve) => setTimeout(resolve, 20))
  const second = await nightly({ hold: 2 })
  expect(await second.ended).toBe(75)
  expect(second.errors()).toMatch(/Another nightly run is at work/)
  expect(await first.ended).toBe(0)
  expect((await first.calls()).split('\n').filter((line) => line.startsWith('[run]'))).toHaveLength(1)
})

test('nights of two configurations do not wait for each other, and those of one do', async () => {
  const [one, two] = [join(folder, 'one.yaml'), join(folder, 'two.yaml')]
  const first = await nightly({ hold: 2, configuration: one, lock: false })
  while ((await first.calls()) === '') await new Promise((resolve) => setTimeout(resolve, 20))
  const [same, other] = await Promise.all([one, two].map((configuration) => nightly({ configuration, lock: false })))
  expect(await same?.ended).toBe(75)
  expect(await other?.ended).toBe(0)
  expect(await first.ended).toBe(0)
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
  expect(await text('promptloom.timer')).toMatch(/^OnCalendar=/m)
  expect(await text('crontab')).toMatch(/^0 2 \* \* \* .*config\/schedule\/nightly\.sh /m)
})
