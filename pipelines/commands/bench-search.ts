import { UserError } from '@promptloom/runner/errors'
import { type Evaluation, evaluate } from '@promptloom/search/evaluation'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, counted, loadFor } from '../command-options.ts'
import { count } from '../display/numbers.ts'
import { openSearchSession } from '../search-session.ts'

interface BenchFlags extends ConfigurationFlags {
  readonly questions: number
  readonly label?: string
  readonly json?: boolean
}

/** Defines `promptloom bench search`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--questions <number>', 'questions of each kind', counted, 200)
    .option('--label <pattern>', 'regular expression whose first group takes a label, e.g. the artist, out of a prompt')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Asks questions whose right answers are known: the beginning of a prompt, a prompt and its picture, a picture that was
cut and mirrored. Prints how often the right row is first or among ten, and how long the parts of an answer take.

Examples:
  promptloom bench search --workspace data/runs/mine
  promptloom bench search --workspace data/runs/mine --label "style of ([^,]+)"`,
    )
    .action(async (flags: BenchFlags) => {
      const pattern = flags.label === undefined ? undefined : patternOf(flags.label)
      await using session = await openSearchSession(await loadFor(flags))
      const evaluation = await evaluate(session.searcher, {
        questions: flags.questions,
        ...(pattern ? { labelOf: (prompt: string) => pattern.exec(prompt)?.[1]?.trim().toLowerCase() } : {}),
        onKind: (kind) => console.error(`Asking ${kind} …`),
      })
      if (flags.json) return console.log(JSON.stringify(evaluation, null, 2))
      const { name, standIn } = session.collection.encoder
      if (standIn) console.log(`The model ${name} is a stand-in for ${standIn}: the figures say nothing of that model.`)
      console.log(evaluationText(evaluation))
    })
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (cause) {
    const example = 'style of ([^,]+)'
    throw new UserError(`--label is "${text}", which is no regular expression; write one like "${example}".`, { cause })
  }
}

/** The figures as tables. */
export function evaluationText({ kinds, latencies, filtered }: Evaluation): string {
  const style = { head: [], border: [], compact: true }
  const found = new Table({ head: ['question', 'asked', 'first', 'in ten', 'what'], style })
  for (const { kind, questions, at1, at10, note } of kinds) {
    found.push([kind, count(questions), percent(at1), percent(at10), note])
  }
  const times = new Table({ head: ['part', 'p50 ms', 'p95 ms'], style })
  for (const { part, p50, p95 } of latencies) times.push([part, p50.toFixed(1), p95.toFixed(1)])
  const filter = `A filter that ${count(filtered.rows)} rows meet (1 %): ${filtered.full} of ${filtered.questions} questions got all the hits that they could.`
  return [found.toString(), times.toString(), filter].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
