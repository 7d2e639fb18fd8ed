import { UserError } from '@promptloom/runner/errors'
import type { Command } from 'commander'
import { type ConfigurationFlags, loadFor } from '../command-options.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { count, countOf } from '../display/numbers.ts'
import { plainText } from '../display/plain-text.ts'
import { interruptible } from '../interrupt.ts'
import { type Doomed, type ForgetTarget, findDoomed } from '../loop/doomed.ts'
import { forget, requireKnown } from '../loop/forget.ts'

interface ForgetFlags extends ConfigurationFlags {
  readonly reason?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** Defines `promptloom forget`. */
export function define(command: Command): void {
  command
    .argument('[id|url]', 'a row, by its id or by the address of its picture')
    .option('--config <file>', 'configuration file in YAML; default: what the workspace last ran with')
    .option('--workspace <folder>', 'where the run keeps everything; default data/runs/default')
    .option('--model <folder>', 'model directory in the Hugging Face layout')
    .option('--source <site>', 'every row of this source site instead, e.g. lexica.art')
    .option('--reason <words>', 'why; kept in the tombstone')
    .option('--dry-run', 'show what would go, and change nothing')
    .option('--yes', 'do it; without, only what would go is shown')
    .option('--json', 'print what went as JSON')
    .addHelpText(
      'after',
      `
Takes rows out of the collection for good: the row, its picture, its vectors, what was made from it (by parents, at any
distance), in files, database, inbox and caches. A tombstone with the reason stays in events/tombstones.jsonl and keeps
them from coming back. While another process has the workspace, the tombstone is recorded, searches leave the rows out
at once, and the next run does the rest (exit code 3). The source file itself, and its copy download/source.csv, stay
as they came; the database gives the space free when it next merges, at the latest when the index is built.

Examples:
  promptloom forget 6f0c41 --dry-run
  promptloom forget https://example.org/picture.jpg --reason "the artist asked" --yes
  promptloom forget --source example.org --yes --workspace data/runs/mine`,
    )
    .action(async (value: string | undefined, flags: ForgetFlags) => {
      // Here a source is what rows say of themselves, not where the collection comes from.
      const { source: _, ...known } = flags
      const configuration = await loadFor(known)
      const target = targetOf(value, flags)
      const doomed = await findDoomed(configuration.workspace, target)
      if (!flags.yes) requireKnown(doomed, configuration.workspace)
      if (flags.dryRun) return tell(flags, { doomed, text: wouldForget(doomed) })
      if (!flags.yes) throw new UserError(`${wouldForget(doomed)} Say --yes to do it; it cannot be undone.`)
      const listener = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
      const { reason } = flags
      const result = await interruptible((signal) =>
        forget(configuration, target, { signal, listener, ...(reason === undefined ? {} : { reason }) }),
      )
      process.exitCode = result.carriedOut ? 0 : 3
      tell(flags, { ...result, text: `${forgot(result.doomed)} ${result.note}` })
    })
}

function targetOf(value: string | undefined, { source }: ForgetFlags): ForgetTarget {
  if ((value === undefined) === (source === undefined)) {
    throw new UserError('Name one thing to forget: the id of a row, an address, or a whole source with --source.')
  }
  return value === undefined ? { value: source as string, source: true } : { value }
}

const KINDS = { id: 'id', url: 'address', source: 'source' } as const

function wouldForget({ what, value, rows, derived }: Doomed): string {
  return `This would forget ${countOf(rows.length, 'row')} with the ${KINDS[what]} "${value}" and ${count(derived.length)} that were made from them.`
}

function forgot({ rows, derived }: Doomed): string {
  return `Forgotten: ${countOf(rows.length, 'row')}, and ${count(derived.length)} that were made from them.`
}

function tell({ json }: ForgetFlags, { text, doomed, ...more }: { text: string; doomed: Doomed }): void {
  const { what, value, rows, derived } = doomed
  console.log(json ? JSON.stringify({ what, value, rows, derived, ...more }, null, 2) : plainText(text))
}
