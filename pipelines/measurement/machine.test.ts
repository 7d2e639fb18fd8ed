import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { LoadWatch, machineFacts, NOISE_LIMIT, watchIdle } from './machine.ts'

/** Works for so many milliseconds of processor time, which on a busy machine are many more by the clock. */
const spin = (milliseconds: number) => {
  const before = process.cpuUsage()
  const used = () => process.cpuUsage(before).user + process.cpuUsage(before).system
  while (used() < milliseconds * 1000);
}

describe('LoadWatch', () => {
  it('counts the work of this process as its own', () => {
    const watch = new LoadWatch()
    const began = performance.now()
    watch.start()
    spin(400)
    watch.stop()
    const share = 400 / (performance.now() - began) / machineFacts().cores
    expect(watch.facts().own).toBeGreaterThan(share / 2)
  })

  it('notices another process at work, and marks the measurement as noisy', async () => {
    const other = spawn(process.execPath, ['-e', 'for (;;);'])
    await new Promise((resolve) => setTimeout(resolve, 100))
    const facts = await watchIdle(700)
    other.kill('SIGKILL')
    expect(facts.foreign).toBeGreaterThan(NOISE_LIMIT)
    expect(facts.noisy).toBe(true)
  })

  it('says nothing after a moment too short to tell', () => {
    const watch = new LoadWatch()
    expect(watch.facts()).toMatchObject({ foreign: 0, own: 0, noisy: false })
    watch.stop()
    expect(watch.facts().foreign).toBe(0)
  })
})

describe('machineFacts', () => {
  it('names what the figures depend on', () => {
    const facts = machineFacts()
    expect(facts.cores).toBeGreaterThan(0)
    expect(facts.memoryBytes).toBeGreaterThan(1e8)
    expect(facts.node).toBe(process.version)
  })
})
