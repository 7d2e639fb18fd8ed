import { join } from 'node:path'
import { readStatus } from '@promptloom/runner/status'
import type { Command } from 'commander'
import { loadFor } from '../command-options.ts'
import type { Configuration } from '../configuration.ts'
import { answerText } from '../display/answer-text.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { runAndShow } from '../display/run-display.ts'
import { statusText } from '../display/status-text.ts'
import { turnText } from '../display/turn-text.ts'
import { interruptible } from '../interrupt.ts'
import { type FeedbackTurn, takeFeedbackTurn } from '../loop/feedback-turn.ts'
import { buildPipeline } from '../pipeline.ts'
import { startHostProcess } from '../sample/host-process.ts'
import { openSearchSession } from '../search-session.ts'

const ROOT = join(import.meta.dirname, '../..')
const QUESTION = 'a castle at night'

/** Defines `promptloom demo`. */
export function define(command: Command): void {
  command
    .option('--workspace <folder>', 'where the run keeps everything; default data/runs/demo')
    .addHelpText(
      'after',
      `
Serves the sample's pictures on loopback, painted as they are asked for, and runs every stage on them. Then takes one
turn of the loop: a prompt is improved from what is like it, painted, kept, and found again. The painter stands in for
Stable Diffusion, the sample's small model for CLIP, and the refiner is no language model. Run again, it does nothing
twice.

Examples:
  promptloom demo`,
    )
    .action(async (flags: { workspace?: string }) => {
      const workspace = flags.workspace ?? join(ROOT, 'data/runs/demo')
      const given = await loadFor({ config: join(ROOT, 'config/demo.yaml'), workspace })
      const source = join(ROOT, 'data/sample/prompts.csv')
      const configuration = { ...given, source, model: join(ROOT, 'data/sample/model') }
      process.exitCode = await demonstrate(configuration)
    })
}

async function demonstrate(configuration: Configuration): Promise<number> {
  const pipeline = buildPipeline(configuration)
  {
    await using _host = await startHostProcess()
    const { exitCode } = await runAndShow(configuration, { pipeline, to: 'load' }, false)
    if (exitCode !== 0) return exitCode
  }
  // Before the index is built and measured: rows that came later would make both stale.
  const listener = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
  const turn = await interruptible((signal) => takeFeedbackTurn(configuration, QUESTION, { signal, listener }))
  const { exitCode } = await runAndShow(configuration, { pipeline, from: 'build-index' }, false)
  if (exitCode !== 0) return exitCode
  console.log(statusText(await readStatus(configuration.workspace, pipeline)))
  await ask(configuration, turn)
  const workspace = `--workspace ${configuration.workspace}`
  console.log(`
The pictures are drawn by Promptloom's sketch painter, a stand-in for Stable Diffusion; the vectors come from the
sample's small model, a stand-in for CLIP that knows nothing but these drawings.

Ask something yourself:  npx promptloom search "a dragon by the sea" --hybrid --find pictures --sheet sheet.png ${workspace}
Take another turn:       npx promptloom generate "a dragon by the sea" --refine --keep ${workspace}
Open the page:           npx promptloom studio --open ${workspace}
Read the report:         ${join(configuration.workspace, 'reports')}
A real collection with real CLIP: npx promptloom model pull, then npx promptloom run --config config/kaggle-900k.yaml`)
  return 0
}

async function ask(configuration: Configuration, turn: FeedbackTurn): Promise<void> {
  await using session = await openSearchSession(configuration)
  const answer = await session.searcher.ask({ terms: [{ text: QUESTION }], hybrid: true, k: 5 })
  console.log(
    `\nWhich prompts are like "${QUESTION}"?\n${answerText(answer, { width: process.stdout.columns ?? 100 })}`,
  )
  const { hits } = await session.searcher.ask({ terms: [{ text: turn.prompt }], fold: false, k: 10 })
  console.log(`\n${turnText(turn, hits)}`)
}
