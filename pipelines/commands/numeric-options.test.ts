import { Command } from 'commander'
import { describe, expect, test, vi } from 'vitest'
import { main } from '../cli.ts'
import { commands } from './table.ts'

/** Options of a command that take a number, by their default or by what their value is called. */
async function numericOptions(name: string): Promise<string[]> {
  const command = new Command()
  const { define } = await (commands.find((one) => one.name === name) as (typeof commands)[number]).load()
  define(command)
  return command.options
    .filter(({ flags, defaultValue }) => typeof defaultValue === 'number' || /<(n|urls|GB|ef,…|quant.*)>/.test(flags))
    .map(({ long }) => long as string)
}

const all: (readonly [string, string])[] = []
for (const { name } of commands) {
  if (/^(bench|report|store)\b/.test(name)) all.push(...(await numericOptions(name)).map((one) => [name, one] as const))
}

describe('a number that is none', () => {
  test('would be looked for in every command that measures', () => {
    expect(new Set(all.map(([name]) => name))).toEqual(
      new Set(['bench embed', 'bench feedback', 'bench fetch', 'bench search', 'bench store']),
    )
    expect(all.filter(([name]) => name === 'bench store').map(([, option]) => option)).toEqual([
      ...['--rows', '--questions', '--peer-minutes', '--peer-memory', '--hnsw', '--effort'],
    ])
  })

  test.each(all)(
    'is refused by promptloom %s %s: option, value, what was expected, where help is',
    async (name, option) => {
      for (const value of ['abc', '-3', '1.5', '']) {
        const errors: string[] = []
        const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text)) > 0)
        const code = await main([...name.split(' '), `${option}=${value}`])
        spy.mockRestore()
        expect(code).toBe(2)
        expect(errors.join('')).toMatch(
          new RegExp(
            `option '.*${option} <.*>' argument '${value}' is invalid\\. ((Expected|a) .*)\n.*promptloom ${name} --help`,
          ),
        )
      }
    },
  )
})
