import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { interruptible } from './interrupt.ts'

let child: ChildProcess | undefined
afterEach(() => child?.kill('SIGKILL'))

/** A process whose work ends when its signal does, or never; it says `ready` first and then how it ended. */
async function start(work: string): Promise<{ stdout: () => string; stderr: () => string; process: ChildProcess }> {
  const script = `import { register } from 'tsx/esm/api'; register()
    const { interruptible } = await import('./interrupt.ts')
    setInterval(() => {}, 1000)
    try { console.log(await interruptible((signal) => { console.log('ready'); return (${work})(signal) })); process.exit(0) }
    catch (error) { console.log(error.name, error.message); process.exit(error.exitCode) }`
  const started = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
  child = started
  const text = { stdout: '', stderr: '' }
  started.stderr.on('data', (chunk) => {
    text.stderr += chunk
  })
  await new Promise<void>((resolve) =>
    started.stdout.on('data', (chunk) => {
      text.stdout += chunk
      if (text.stdout.includes('ready')) resolve()
    }),
  )
  return { process: started, stdout: () => text.stdout, stderr: () => text.stderr }
}

const SETTLES = `(signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))`
const HANGS = '() => new Promise(() => {})'

describe('interruptible', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('lets work settle at %s, and ends with 3: work is left', async (name) => {
    const { process, stdout, stderr } = await start(SETTLES)
    process.kill(name)
    expect(await once(process, 'close')).toEqual([3, null])
    expect(stdout()).toContain('InterruptedError The run was interrupted; the same command goes on from here.')
    expect(stderr()).toContain(`${name}: finishing what is in work; once more ends at once.`)
  })

  it('ends at once when asked a second time, though the work hangs', async () => {
    const { process } = await start(HANGS)
    process.kill('SIGINT')
    await once(process.stderr as NodeJS.ReadableStream, 'data')
    process.kill('SIGTERM')
    expect(await once(process, 'close')).toEqual([null, 'SIGKILL'])
  })

  it('hands through what the work gives or throws, and listens no longer then', async () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]
    expect(await interruptible(async (signal) => signal.aborted)).toBe(false)
    await expect(interruptible(() => Promise.reject(new Error('no space')))).rejects.toThrow('no space')
    await expect(
      interruptible(() => {
        throw new TypeError('a bug')
      }),
    ).rejects.toThrow('a bug')
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before)
  })
})
