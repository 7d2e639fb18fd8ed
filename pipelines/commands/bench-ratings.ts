import { clipScores } from '@promptloom/search/table-facts'
import type { Command } from 'commander'
import { modelFacts } from '../benchmark/model-facts.ts'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { count } from '../display/numbers.ts'
import { type RatingAgreement, ratingAgreement } from '../loop/rating-agreement.ts'
import { Ratings } from '../ratings.ts'
import { openSearchSession } from '../search-session.ts'

/** Defines `promptloom bench ratings`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Says on your own ratings whether ranking by the CLIP score (how well picture and prompt fit each other) is worth it: of
all pairs of rows that you rated differently, in how many has the better one the higher score? 50 % is chance. What you
kept and discarded counts where there is no rating. With too few ratings it says so. The weight of ratings themselves
(--rating-weight) is not measured: it puts first what you rated higher, and is off until you want that.

Examples:
  promptloom bench ratings
  promptloom bench ratings --workspace data/runs/mine --json`,
    )
    .action(async (flags: ConfigurationFlags & { json?: boolean }) => {
      const configuration = await loadFor(flags)
      await using session = await openSearchSession(configuration)
      const ratings = await Ratings.read(configuration.workspace)
      const preferences = ratings.preferences()
      const scores = await clipScores(session.collection, [...preferences.keys()])
      const rated = [...preferences].flatMap(([id, rating]) => {
        const score = scores.get(id)
        return score === undefined ? [] : [{ rating, score }]
      })
      const agreement = ratingAgreement(rated)
      const { name, standIn } = await modelFacts(configuration.model, session.model.digest)
      if (flags.json) {
        console.log(JSON.stringify({ ...agreement, model: { name, standIn } }, null, 2))
        return
      }
      if (standIn) console.log(`The model ${name} is a stand-in, so that the figures say nothing of CLIP. ${standIn}`)
      if (ratings.damaged > 0) console.log(`${count(ratings.damaged)} lines of events/ratings.jsonl can't be read.`)
      console.log(agreementText(agreement))
    })
}

/** The figures in two sentences. */
export function agreementText({ agreement, pairs, verdict, note }: RatingAgreement): string {
  if (verdict === 'too_few') return note
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const { value, low, high, n } = agreement
  const figures = `The CLIP score puts the better row first in ${percent(value)} of ${count(pairs)} pairs (95 %: ${percent(low)} to ${percent(high)}, ${count(n)} rows).`
  return `${figures}\n${note}`
}
