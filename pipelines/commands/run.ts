import { run as runPipeline } from '@promptloom/runner/run'
import type { Command } from 'commander'
import { configurationOptions, loadFor } from '../command-options.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { buildPipeline } from '../pipeline.ts'

/** Defines `promptloom run`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--only <stage>', 'run this stage alone, on what earlier ones have left')
    .option('--from <stage>', 'start with this stage')
    .option('--to <stage>', 'stop after this stage')
    .option('--json', 'report progress and result as JSON lines')
    .addHelpText(
      'after',
      `
Examples:
  promptloom run --config config/kaggle-900k.yaml
  promptloom run --source prompts.csv --model models/clip --workspace data/runs/mine
  promptloom run --config my.yaml --from embed

Whatever is done already is skipped; a run that was killed goes on where it stopped.
Exit codes: 0 done, 1 something failed, 2 wrong input, 3 interrupted with work left.`,
    )
    .action(
      async (flags: Parameters<typeof loadFor>[0] & { only?: string; from?: string; to?: string; json?: boolean }) => {
        const configuration = await loadFor(flags)
        const listener = createListener(
          displayKind(flags.json === true, process.stderr.isTTY === true),
          output(flags.json),
        )
        const result = await interruptible((signal) =>
          runPipeline({
            workspace: configuration.workspace,
            pipeline: buildPipeline(configuration),
            signal,
            listener,
            ...(flags.only === undefined ? {} : { only: flags.only }),
            ...(flags.from === undefined ? {} : { from: flags.from }),
            ...(flags.to === undefined ? {} : { to: flags.to }),
          }),
        )
        process.exitCode = result.exitCode
      },
    )
}

/** Results for machines go to standard output, what people watch to standard error. */
function output(json: boolean | undefined): NodeJS.WriteStream {
  return json ? process.stdout : process.stderr
}
