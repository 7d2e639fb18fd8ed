import { afterEach, describe, expect, test, vi } from 'vitest'
import { callProgram } from '../tests/program.double.ts'
import type { CommandEntry } from './commands/table.ts'

/** A command that only fails, put in place of one of the table's. */
async function failing(error: unknown) {
  const { commands } = await import('./commands/table.ts')
  const entry = commands.find(({ name }) => name === 'config schema') as CommandEntry
  vi.spyOn(entry, 'load').mockImplementation(async () => ({
    define: (command) => {
      command.action(() => {
        throw error
      })
    },
  }))
  return callProgram(['config', 'schema'])
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the program by itself', () => {
  test.each<[readonly string[], 0 | 2, RegExp]>([
    [['--version'], 0, /^0\.1\.0\n$/],
    [['--help'], 0, /Usage: promptloom/],
    [['-h'], 0, /Every command explains itself: promptloom <command> --help/],
    [['help'], 0, /Usage: promptloom/],
    [['help', 'run'], 0, /Usage: promptloom run/],
    [['bench', '--help'], 0, /Commands about bench[\s\S]*vectors[\s\S]*store/],
    [['help', 'bench', 'fetch'], 0, /Usage: promptloom bench/],
    [['model', '--help'], 0, /list[\s\S]*pull[\s\S]*verify/],
    [['model', 'pull', '--help'], 0, /HF_ENDPOINT names a mirror/],
    [['store', 'export', '--help'], 0, /Write tables to Parquet files/],
  ])('%j ends with %i', async (args, exitCode, text) => {
    const { code, stdout } = await callProgram(args)
    expect(code).toBe(exitCode)
    expect(stdout).toMatch(text)
  })

  test.each<[readonly string[], RegExp]>([
    [['nothing'], /unknown command 'nothing'/],
    [['serch', 'a cat'], /Did you mean search/],
    [['--verson'], /unknown option '--verson'/],
    [['model', 'pul'], /unknown command 'pul'|Did you mean pull/],
    [['store', 'drop', '--tabel', 'text'], /Did you mean --table/],
    [['status', 'extra'], /too many arguments/],
    [['config', 'schema', '--nice'], /unknown option '--nice'/],
    [['search', '--find', 'cats'], /Allowed choices are prompts, pictures/],
    [['search', '-k', 'ten'], /a whole number is expected/],
    [['search', '-k', '-1'], /a whole number is expected/],
    [['search', '--page', '1.5'], /a whole number is expected/],
    [['search', '--min-width', ''], /a whole number is expected/],
    [['search', '--orientation', 'round'], /Allowed choices are landscape, portrait, square/],
    [['search', '--like'], /argument missing/],
    [['serve', '--port', '99999'], /a port is a whole number from 0 to 65535/],
    [['serve', '--port', 'http'], /a port is a whole number from 0 to 65535/],
    [['calibrate', '--pairs', 'many'], /Expected a whole number above 0/],
    [['bench', 'fetch', '--count', '0'], /Expected a whole number above 0/],
    [['bench', 'fetch', '--rounds', '1.5'], /Expected a whole number above 0/],
    [['bench', 'search', '--questions', 'x'], /Expected a whole number above 0/],
    [['bench', 'embed'], /required option '--prompts <file>'/],
    [['bench', 'embed', '--prompts', 'p.csv', '--rows', 'many'], /whole number above 0/],
    [['bench', 'embed', '--prompts', 'p.csv', '--rounds', '0'], /whole number above 0/],
    [['bench', 'fetch', '--store', 'gif'], /Allowed choices are jpeg, webp, original/],
    [['retry', '--outcome', 'x'], /missing required argument 'stage'/],
    [['model', 'verify'], /missing required argument 'folder'/],
    [['store', 'export'], /missing required argument 'folder'/],
  ])('%j is a mistake: exit code 2, and what is wrong', async (args, text) => {
    const { code, stdout, stderr } = await callProgram(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(text)
    expect(stderr).toMatch(/\(promptloom( [a-z -]+)? --help (shows what there is|explains it)\)/)
    expect(stderr).not.toMatch(/^ {4}at /m)
  })
})

describe('an error of a command', () => {
  test.each([1, 2, 3])('with the exit code %i is told as its message alone', async (exitCode) => {
    const { code, stderr } = await failing(
      Object.assign(new Error('There is no file x.csv; check source.'), { exitCode }),
    )
    expect(code).toBe(exitCode)
    expect(stderr).toBe('There is no file x.csv; check source.\n')
  })

  test('without one is a bug: it shows where, says so, and ends with 1', async () => {
    const { code, stderr } = await failing(new TypeError('x is undefined'))
    expect(code).toBe(1)
    expect(stderr).toContain('x is undefined')
    expect(stderr).toContain('This is a bug in promptloom; what was committed is safe.')
  })

  test.each(['text', 5, undefined, null, { exitCode: 'two' }])('that is %j is a bug too', async (error) => {
    expect((await failing(error)).code).toBe(1)
  })

  test('can not steer the terminal: what a server or a file wrote into it is only text', async () => {
    const message = 'The host says \u001b[2J\u001b]0;owned\u0007 and\r\nmore\u009b31m.'
    const { stderr } = await failing(Object.assign(new Error(message), { exitCode: 1 }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(stderr.split('\n')).toHaveLength(3)
  })
})

describe('a command that only sets the exit code', () => {
  test('ends with it', async () => {
    const { commands } = await import('./commands/table.ts')
    const entry = commands.find(({ name }) => name === 'config schema') as CommandEntry
    vi.spyOn(entry, 'load').mockImplementation(async () => ({
      define: (command) => {
        command.action(() => {
          process.exitCode = 3
        })
      },
    }))
    expect((await callProgram(['config', 'schema'])).code).toBe(3)
  })
})

test('a command’s file is loaded only when it is called', async () => {
  const { commands } = await import('./commands/table.ts')
  const loaded: string[] = []
  for (const entry of commands) {
    const load = entry.load.bind(entry)
    vi.spyOn(entry, 'load').mockImplementation(() => {
      loaded.push(entry.name)
      return load()
    })
  }
  await callProgram(['--help'])
  expect(loaded).toEqual([])
  await callProgram(['config', 'schema'])
  expect(loaded).toEqual(['config schema'])
})
