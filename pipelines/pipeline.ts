import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { storeConfig } from '@promptloom/store/config'
import { benchmarkStage } from './benchmark/stage.ts'
import { buildIndexStage } from './build-index/stage.ts'
import { type Configuration, storeOf } from './configuration.ts'
import { type DownloadPorts, downloadStage } from './download/stage.ts'
import { embedStage } from './embed/stage.ts'
import { environment } from './environment.ts'
import { type FeedbackParts, feedbackStage } from './feedback/stage.ts'
import { examine } from './fetch-images/picture.ts'
import { fetchImagesStage } from './fetch-images/stage.ts'
import { loadStage } from './load/stage.ts'
import { outgoingFetch } from './outgoing.ts'

/**
 * The pipeline: every stage in order, with its options. The table of contents of the system.
 *
 * @param changes `asAcquired`: the source is not looked at again, see `DownloadPorts`; `queue`: those who work on the
 * queue, without whom it is left as it was last done.
 */
export function buildPipeline(
  configuration: Configuration,
  { queue, ...changes }: Pick<DownloadPorts, 'asAcquired'> & Pick<FeedbackParts, 'queue'> = {},
): readonly BoundStage[] {
  const { source = '', model } = configuration
  const store = storeConfig.parse(storeOf(configuration))
  const { kaggleApi } = configuration.download
  const fetch = outgoingFetch({ contact: configuration['fetch-images'].contact, asked: [source, kaggleApi] })
  return [
    bind(downloadStage({ environment: environment(), fetch, ...changes }), { ...configuration.download, source }),
    bind(fetchImagesStage, configuration['fetch-images']),
    bind(feedbackStage({ examine, queue }), { ...configuration.feedback, pictures: pictureRulesOf(configuration) }),
    bind(embedStage, { ...configuration.embed, model }),
    bind(loadStage, { ...configuration.load, store }),
    bind(buildIndexStage, { ...configuration['build-index'], store }),
    bind(benchmarkStage, { ...configuration.benchmark, store, model }),
  ]
}

/** What is kept is held to the rules of what is fetched. */
function pictureRulesOf({ 'fetch-images': fetch }: Configuration) {
  const { store, quality, maxSide, minSide, maxPixels } = fetch
  return { store, quality, maxSide, minSide, maxPixels }
}

function bind<Options>(stage: Stage<Options>, options: Options): BoundStage {
  return { stage: stage as Stage<unknown>, options }
}
