import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Command, CommanderError } from 'commander'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CommandEntry, commands } from './table.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Words as a shell takes them apart; `null` where quotes are left open. Comments and what follows a pipe are left out. */
function shellWords(line: string): string[] | null {
  const words: string[] = []
  const rest = line.replace(/\s+#\s.*$/, '')
  const token = /\s*(?:(&&|\||>|;).*|((?:'[^']*'|"[^"]*"|\\.|[^\s'"|>;&\\])+))/gy
  for (let match = token.exec(rest); match !== null; match = token.exec(rest)) {
    if (match[1]) return words
    words.push((match[2] as string).replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, one, two, three) => one ?? two ?? three))
  }
  return /^\s*$/.test(rest.slice(words.length === 0 ? 0 : rest.length)) ? words : null
}

/** The command whose words a call begins with; the longest wins. */
const entryOf = (words: readonly string[]): CommandEntry | undefined =>
  [...commands]
    .sort((a, b) => b.name.length - a.name.length)
    .find(({ name }) => name.split(' ').every((word, index) => words[index] === word))

/** The command as it is defined, with nothing behind it. */
async function defined(entry: CommandEntry): Promise<Command> {
  const command = new Command(entry.name)
  ;(await entry.load()).define(command)
  const harmless = (one: Command) => {
    one.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    if (one.commands.length === 0) one.action(() => undefined)
    for (const child of one.commands) harmless(child)
  }
  harmless(command)
  return command
}

/** What is wrong with a call, as far as its words tell; undefined where nothing is. */
async function complaint(call: string): Promise<string | undefined> {
  const words = shellWords(call.replace(/^(?:\w+=\S+\s+)*(?:npx )?promptloom\s*/, ''))
  if (words === null) return 'its quotes are left open'
  if (words[0] === '--help' || words.length === 0) return undefined
  const entry = entryOf(words)
  if (entry === undefined) return `there is no command "${words[0]}"`
  const given = words.slice(entry.name.split(' ').length)
  try {
    await (await defined(entry)).parseAsync(given, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined
    return (error as Error).message
  }
}

const helps = new Map<string, string>()
const commandsByName = new Map<string, Command>()
beforeAll(async () => {
  for (const entry of commands) {
    const command = await defined(entry)
    commandsByName.set(entry.name, command)
    helps.set(entry.name, fullHelp(command))
  }
})

/** Help with what is written after it, and that of the commands below. */
function fullHelp(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (chunk) => (text += chunk), writeErr: (chunk) => (text += chunk) })
  command.outputHelp()
  return [text, ...command.commands.map(fullHelp)].join('\n')
}

const callsIn = (text: string) =>
  text.split('\n').flatMap((line) => /^\s*((?:[A-Z_]+=\S+ )?(?:npx )?promptloom .*)$/.exec(line)?.[1] ?? [])

describe('the help of every command', () => {
  test.each(commands.map(({ name }) => name))('%s: its examples can be typed as they stand', async (name) => {
    const calls = callsIn(helps.get(name) ?? '')
    expect(calls.length).toBeGreaterThan(0)
    for (const call of calls) expect([call, await complaint(call)]).toEqual([call, undefined])
    expect(calls.some((call) => call.includes(`promptloom ${name}`))).toBe(true)
  })

  test.each(commands.map(({ name }) => name))('%s: says of every option what it does', (name) => {
    const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
    for (const command of all(commandsByName.get(name) as Command)) {
      for (const option of command.options) {
        expect([option.flags, option.description.length > 4]).toEqual([option.flags, true])
        // A default is said by commander, or in words.
        if (option.defaultValue !== undefined && !Array.isArray(option.defaultValue))
          expect(helps.get(name)).toContain(String(option.defaultValue))
      }
    }
  })

  test.each(commands.map(({ name }) => name))(
    '%s: keeps within the width of a terminal where it is written by hand',
    (name) => {
      for (const line of (helps.get(name) ?? '').split('\n'))
        if (!/promptloom|npm install|https?:/.test(line)) expect(line.length).toBeLessThanOrEqual(200)
    },
  )

  test('no option of a command is named twice, long or short', () => {
    for (const [name, command] of commandsByName) {
      const flags = command.options.flatMap(({ long, short }) => [long, short]).filter(Boolean)
      expect([name, new Set(flags).size]).toEqual([name, flags.length])
    }
  })

  test('whatever prints figures or rows can print them for machines', () => {
    const readable = [
      'run',
      'plan',
      'status',
      'retry',
      'report',
      'search',
      'calibrate',
      'bench search',
      'bench fetch',
      'bench embed',
      'bench vectors',
      'bench store',
    ]
    for (const name of readable) {
      const options = commandsByName.get(name)?.options.map(({ long }) => long)
      expect([name, options?.includes('--json')]).toEqual([name, true])
    }
  })

  test('whatever works on a workspace takes the same four flags', () => {
    const flags = ['--config', '--workspace', '--source', '--model']
    for (const name of ['run', 'plan', 'status', 'retry', 'report', 'search', 'calibrate', 'serve', 'bench search']) {
      const options = commandsByName.get(name)?.options.map(({ long }) => long) ?? []
      for (const flag of flags) expect([name, options]).toEqual([name, expect.arrayContaining([flag])])
    }
  })
})

describe('the table of commands', () => {
  test('has each name once, and a summary that is a sentence’s beginning', () => {
    const names = commands.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { summary } of commands) expect(summary).toMatch(/^[A-Z].{15,}[^.]$/)
  })

  test('has no command that hides another one’s arguments', () => {
    const names = new Set(commands.map(({ name }) => name))
    for (const { name } of commands) {
      const group = name.split(' ').slice(0, -1).join(' ')
      expect([name, names.has(group)]).toEqual([name, false])
    }
  })

  test('has a file for each', async () => {
    const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.ts'))
    for (const { name } of commands) expect(files).toContain(`${name.replace(' ', '-')}.ts`)
  })
})

describe('what the documents tell people to type', () => {
  const texts = async () => {
    const folders = ['', ...(await readdir(join(ROOT, 'pipelines'))).map((name) => `pipelines/${name}`)]
    const paths = folders.map((folder) => join(ROOT, folder, 'README.md'))
    const found = await Promise.all(
      [...paths, join(ROOT, 'CONTRIBUTING.md')].map(async (path) => ({
        path: relative(ROOT, path),
        text: await readFile(path, 'utf8').catch(() => ''),
      })),
    )
    return found.filter(({ text }) => text !== '')
  }

  test('can be typed: the lines in code blocks', async () => {
    let seen = 0
    for (const { path, text } of await texts()) {
      for (const [, block = ''] of text.matchAll(/```(?:sh|console)?\n([^`]*)```/g)) {
        for (const call of callsIn(block)) {
          seen++
          expect([path, call, await complaint(call)]).toEqual([path, call, undefined])
        }
      }
    }
    expect(seen).toBeGreaterThan(3)
  })

  test('can be typed: the calls within sentences, as far as they are calls', async () => {
    for (const { path, text } of await texts()) {
      for (const [, call = ''] of text.matchAll(/`((?:npx )?promptloom [a-z][^`…<]*)`/g)) {
        const said = await complaint(call)
        // A sentence may name a command without what it requires.
        const isPart = /missing required|required option/.test(said ?? '')
        expect([path, call, isPart ? undefined : said]).toEqual([path, call, undefined])
      }
    }
  })
})

describe('words of a shell', () => {
  test.each<[string, string[] | null]>([
    ['run --source a.csv', ['run', '--source', 'a.csv']],
    ['search "a cat on the sofa" -k 3', ['search', 'a cat on the sofa', '-k', '3']],
    ["report --fail-if 'p95>1.5x'", ['report', '--fail-if', 'p95>1.5x']],
    ['model pull      # CLIP', ['model', 'pull']],
    ['config schema > file.json', ['config', 'schema']],
    ['status --json | jq .', ['status', '--json']],
  ])('%j: %j', (line, words) => {
    expect(shellWords(line)).toEqual(words)
  })
})
