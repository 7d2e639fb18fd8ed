import type { BoundStage, Stage } from '@promptloom/runner/stage'
import type { Configuration } from './configuration.ts'
import { embedStage } from './embed/stage.ts'

/** The pipeline: every stage in order, with its options. The table of contents of the system. */
export function buildPipeline(configuration: Configuration): readonly BoundStage[] {
  const { model } = configuration
  return [bind(embedStage, { ...configuration.embed, model })]
}

function bind<Options>(stage: Stage<Options>, options: Options): BoundStage {
  return { stage: stage as Stage<unknown>, options }
}
