import type { Command } from 'commander'
import { openDualEncoder } from '../sample/encoder.ts'
import { AIMS, evaluate, missedAims } from '../sample/evaluation.ts'
import { heldOutPairs } from '../sample/held-out.ts'

const LABELS = {
  recallAt1: 'text to picture, recall@1',
  recallAt10: 'text to picture, recall@10',
  stylePrecisionAt10: 'picture to picture, same style in the first 10',
} as const

/** Defines `promptloom evaluate-demo`. */
export function define(command: Command): void {
  command
    .option('--model <folder>', 'model directory to evaluate', 'data/sample/model')
    .addHelpText(
      'after',
      `
Paints the pairs that the sample model never saw, embeds prompts and pictures through the code that runs CLIP, prints
the figures beside their aims, and ends with 1 when one is missed. Takes about a minute.

Examples:
  promptloom evaluate-demo
  promptloom evaluate-demo --model data/sample/model`,
    )
    .action(async ({ model }: { readonly model: string }) => {
      await using encoder = await openDualEncoder(model)
      const pairs = heldOutPairs()
      console.log(`Model ${model}: a demonstration, trained on drawings; not CLIP.`)
      const figures = await evaluate(pairs, encoder)
      const missed = missedAims(figures)
      console.log(`${figures.pairs} held-out pairs; pictures of the same prompt count as one answer.`)
      for (const name of Object.keys(AIMS) as (keyof typeof AIMS)[]) {
        const verdict = missed.includes(name) ? 'missed' : 'reached'
        console.log(`${LABELS[name].padEnd(48)} ${percent(figures[name])}   aim ${percent(AIMS[name])}   ${verdict}`)
      }
      const { unseen } = figures
      console.log(
        `${'recall@1 of unseen subject and style'.padEnd(48)} ${percent(unseen.recallAt1)}   ${unseen.pairs} pairs`,
      )
      if (missed.length > 0) process.exitCode = 1
    })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).padStart(5)} %`
}
