import { calibrate } from '@promptloom/search/calibration/calibrate'
import { type Calibration, writeCalibration } from '@promptloom/search/calibration/calibration-file'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, counted, loadFor } from '../command-options.ts'
import { openSearchSession } from '../search-session.ts'

interface CalibrateFlags extends ConfigurationFlags {
  readonly pairs: number
  readonly json?: boolean
}

/** Defines `promptloom calibrate`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--pairs <number>', 'known pairs of each kind that are asked', counted, 200)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Finds, for each kind of question, the score below which hits are no better than chance: by asking unrelated questions
(sentences about nothing visible, strings of letters, noise and patterns) and questions whose right row is known. Half
of them set the cut-off; the two rates are those of the other half, which shows patterns of other kinds. The result lies
in the workspace, belongs to its model, and is used by every search from then on. Do it again when the collection has
grown by a fifth.

Examples:
  promptloom calibrate --workspace data/runs/mine
  promptloom calibrate --workspace data/runs/mine --json`,
    )
    .action(async (flags: CalibrateFlags) => {
      const configuration = await loadFor(flags)
      // References and cut-offs belong together: an earlier calibration must not take part in the next.
      await using session = await openSearchSession(configuration, { calibrated: false })
      const { collection } = session
      const onRoute = flags.json ? () => {} : (route: string) => console.error(`Asking ${route} …`)
      const calibration = await calibrate(collection, { pairs: flags.pairs, onRoute })
      const path = await writeCalibration(configuration.workspace, calibration)
      if (flags.json) return console.log(JSON.stringify(calibration.routes, null, 2))
      const { name, standIn } = collection.encoder
      if (standIn) console.log(`The model ${name} is a stand-in for ${standIn}: the figures say nothing of that model.`)
      console.log(`${calibrationText(calibration)}\nKept in ${path}.`)
    })
}

/** The cut-offs and their rates as a table. */
export function calibrationText({ routes }: Calibration): string {
  const table = new Table({
    head: ['question', 'cut-off', 'false accepts', 'misses', 'separation', 'known pairs'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  const pictures = routes.find(({ route }) => route === 'picture→pictures')
  const byPictures = routes.find(
    ({ route, score }) => route === 'picture→prompts' && score === null && pictures && pictures.score !== null,
  )
  for (const one of routes) {
    const { falseAcceptRate, missRate } = one.words ?? one
    const instead = one.words ? 'by the words' : one === byPictures ? 'by the pictures' : 'none'
    // What pictures decide comes to what they come to, which is the line of pictures itself.
    const rates = one === byPictures ? ['', ''] : [percent(falseAcceptRate), percent(missRate)]
    table.push([
      one.route,
      one.score === null ? instead : `${one.score.toFixed(2)} (${one.measure})`,
      rates[0] && `${rates[0]} of ${one.falseAcceptQuestions}`,
      rates[1] && `${rates[1]} of ${one.missPairs}`,
      one.separation.toFixed(3),
      one.pairs,
    ])
  }
  const tells = 'the model does not tell related from unrelated here'
  const byWords = routes.some(({ words }) => words) ? `\nby the words: ${tells}, so hits must hold the words.` : ''
  const likeness = byPictures ? `\nby the pictures: ${tells}, so hits are prompts of similar enough pictures.` : ''
  const none = routes.some((one) => one.score === null && !one.words && one !== byPictures)
    ? `\nnone: ${tells}, so nothing is cut off.`
    : ''
  return `${table.toString()}${byWords}${likeness}${none}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
