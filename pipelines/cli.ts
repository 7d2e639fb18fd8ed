import { exitCodeOf } from '@promptloom/runner/errors'
import { Command, CommanderError } from 'commander'
import { type CommandEntry, commands } from './commands/table.ts'
import { plainText } from './display/plain-text.ts'

/** Runs the program with the given arguments (without node and script) and resolves to its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('promptloom')
    .description('A searchable, growing memory of Stable Diffusion prompts and their pictures.')
    .version('0.1.0')
    .showHelpAfterError('(promptloom --help shows what there is)')
  const entry = select(argv)
  const nodes = new Map<string, Command>()
  for (const one of commands) {
    const node = nodeFor(program, nodes, one)
    if (one === entry) (await one.load()).define(node)
  }
  program.addHelpText('after', '\nEvery command explains itself: promptloom <command> --help')
  strict(program)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return report(error)
  }
}

/** The command whose words the arguments begin with; the longest match wins. */
function select(argv: readonly string[]): CommandEntry | undefined {
  const words = argv[0] === 'help' ? argv.slice(1) : argv
  return [...commands]
    .sort((a, b) => b.name.length - a.name.length)
    .find(({ name }) => name.split(' ').every((word, index) => words[index] === word))
}

/** The command's node; `bench fetch` becomes `fetch` under a group `bench`. */
function nodeFor(program: Command, nodes: Map<string, Command>, entry: CommandEntry): Command {
  const words = entry.name.split(' ')
  let parent = program
  for (const [index, word] of words.entries()) {
    const path = words.slice(0, index + 1).join(' ')
    let node = nodes.get(path)
    if (!node) {
      const isGroup = index < words.length - 1
      node = parent
        .command(word)
        .description(isGroup ? `Commands about ${word}` : entry.summary)
        .showHelpAfterError(`(promptloom ${path} --help explains it)`)
      nodes.set(path, node)
    }
    parent = node
  }
  return parent
}

/** Makes commander throw instead of ending the process, also in the commands that commands define. */
function strict(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) strict(child)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    return 2
  }
  const expected = exitCodeOf(error)
  if (expected !== undefined) {
    console.error(plainText((error as Error).message, { lines: true }))
    return expected
  }
  console.error(error)
  console.error('This is a bug in promptloom; what was committed is safe. Please report it with the lines above.')
  return 1
}
