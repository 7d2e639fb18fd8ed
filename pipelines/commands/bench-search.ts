import { type EvaluationOptions, evaluate } from '@promptloom/search/evaluation/evaluation'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, counted, loadFor } from '../command-options.ts'
import type { Configuration } from '../configuration.ts'
import { coldStartText, evaluationText } from '../display/evaluation-text.ts'
import { coldStarts } from '../measurement/cold-start.ts'
import { LoadWatch } from '../measurement/machine.ts'
import { number } from '../question-flags.ts'
import { openSearchSession } from '../search-session.ts'
import { type LabelFlags, labelsOf } from './bench-search-labels.ts'
import { picturesIn } from './bench-search-pictures.ts'

interface BenchFlags extends ConfigurationFlags, LabelFlags {
  readonly questions: number
  readonly cold: number
  /** A folder of pictures that the collection has nothing like. */
  readonly unrelated?: string
  readonly json?: boolean
}

/** Defines `promptloom bench search`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--questions <number>', 'questions of each kind', counted, 200)
    .option('--label <pattern>', 'regular expression whose first group takes a label, e.g. the artist, out of a prompt')
    .option('--labels <file:column>', 'a CSV file with a column id, and the column that is used instead of the prompt')
    .option('--unrelated <folder>', 'pictures that the collection has nothing like, e.g. photographs')
    .option('--cold <times>', 'how often "promptloom search" is started anew; 0: not at all', number, 3)
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Asks questions whose right answers are known: the beginning of a prompt, a prompt and its picture, a picture that was
cut and mirrored; with labels, also the label's name and pictures of the same label. Prints how often the right row is
first or among ten, with labels what share of the ten is right, and what chance would do; the cut-off's two rates, on
questions that had no part in setting it (and on pictures of yours, with --unrelated); whether a filter that 1 % of the
rows meet leaves answers short; how long the parts of an answer take with everything warm, and the whole of a search
from a cold start.

Examples:
  promptloom bench search --workspace data/runs/mine
  promptloom bench search --workspace data/runs/mine --label "style of ([^,]+)"
  promptloom bench search --workspace data/runs/mine --labels meta.csv:category --label "^([^,]+)"
  promptloom bench search --workspace data/runs/mine --unrelated ~/Pictures/holidays`,
    )
    .action(async (flags: BenchFlags) => {
      const [labelOf, unrelated] = [await labelsOf(flags), await picturesIn(flags.unrelated)]
      const configuration = await loadFor(flags)
      const watch = new LoadWatch()
      watch.start()
      const { evaluation, model } = await measure(configuration, {
        questions: flags.questions,
        ...(labelOf ? { labelOf } : {}),
        ...(unrelated ? { unrelated } : {}),
      })
      watch.stop()
      const load = watch.facts()
      if (flags.cold > 0) console.error('Asking from a cold start …')
      const starts = await coldStarts(coldSearch(configuration), flags.cold)
      if (flags.json) return console.log(JSON.stringify({ model, ...evaluation, starts, load }, null, 2))
      const { name, standIn } = model
      if (standIn) console.log(`The model ${name} is a stand-in for ${standIn}: the figures say nothing of that model.`)
      console.log([evaluationText(evaluation), coldStartText(starts, load)].filter(Boolean).join('\n'))
    })
}

/** An embedded store is open in one process at a time: the session has ended before a search starts anew. */
async function measure(configuration: Configuration, options: EvaluationOptions) {
  await using session = await openSearchSession(configuration)
  const { name, digest, standIn } = session.collection.encoder
  const evaluation = await evaluate(session.searcher, {
    ...options,
    onKind: (kind) => console.error(`Asking ${kind} …`),
  })
  return { evaluation, model: { name, digest, standIn } }
}

/** A search as the workspace's own configuration answers it; phrases alone are not counted as what people ask. */
function coldSearch({ workspace }: Configuration): string[] {
  return ['search', '--phrase', 'castle', '--no-images', '--workspace', workspace]
}
