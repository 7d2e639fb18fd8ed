import { UserError } from '@promptloom/runner/errors'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { LONGEST_PROMPT } from '../loop/ingest/verdict.ts'
import { type Keepsake, keep, keptExitCode } from '../loop/keep.ts'
import { requireRows } from '../loop/row-presence.ts'
import { readPictureFacts } from '../loop/saved-picture.ts'
import { readPictureFile } from '../picture-file.ts'

interface KeepFlags extends ConfigurationFlags {
  readonly prompt?: string
  readonly parent: readonly string[]
  readonly json?: boolean
}

/** Defines `promptloom keep`. */
export function define(command: Command): void {
  configurationOptions(command.argument('<pictures...>', 'files: JPEG, PNG, WebP or GIF'))
    .option('--prompt <words>', 'the prompt that they were painted from; default: what the JSON file beside each says')
    .option(
      '--parent <id>',
      'a row that inspired them; repeatable',
      (value, before) => [...before, value],
      [] as string[],
    )
    .option('--json', 'print the rows as JSON')
    .addHelpText(
      'after',
      `
Puts pictures and their prompts into the collection, where the next search finds them. The same picture twice is one
row. While a run holds the workspace they wait in its inbox, and join with the next run (exit code 3). For folders of
pictures that carry their own metadata there is "promptloom ingest".

Examples:
  promptloom keep g-0f3a….png                                 (painted by "promptloom generate")
  promptloom keep castle.png --prompt "a castle at night" --parent 6f0c…`,
    )
    .action(async (paths: readonly string[], flags: KeepFlags) => {
      const keepsakes = await Promise.all(paths.map((path) => keepsakeOf(path, flags)))
      const configuration = await loadFor(flags)
      await requireRows(configuration.workspace, flags.parent)
      const listener = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
      const result = await interruptible((signal) => keep(configuration, keepsakes, { signal, listener }))
      if (flags.json) console.log(JSON.stringify(result, null, 2))
      else {
        for (const { id, outcome } of result.rows) console.log(`Kept as ${id}: ${outcome}.`)
        console.log(result.note)
      }
      process.exitCode = keptExitCode(result)
    })
}

async function keepsakeOf(path: string, { prompt, parent }: KeepFlags): Promise<Keepsake> {
  const picture = await readPictureFile(path)
  const facts = (await readPictureFacts(path)) ?? {}
  const words = prompt ?? facts.prompt
  if (words === undefined || words.trim() === '')
    throw new UserError(`Nothing says which prompt ${path} was painted from; give --prompt.`)
  if (words.length > LONGEST_PROMPT)
    throw new UserError(
      `The prompt of ${path} has ${words.length} characters; shorten it to ${LONGEST_PROMPT} or fewer.`,
    )
  const keepsake = { ...facts, prompt: words, picture }
  if (parent.length === 0) return keepsake
  const { refined } = facts
  if (!refined) return { ...keepsake, parents: parent }
  // The improved prompt stands between the picture and what inspired it.
  return { ...keepsake, refined: { ...refined, parents: [...new Set([...parent, ...refined.parents])] } }
}
