import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import type { StageContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'

/** The model of this run, opened on first use and closed with the stage. */
export function openEmbedder(context: StageContext<EmbedOptions>): Promise<Model> {
  return context.open('model', async () => {
    const { model, device, precision, overlong, batch, workers } = context.options
    const opened = await openModel(model, {
      device,
      precision,
      overlong,
      ...(batch === undefined ? {} : { batch }),
      ...(workers === undefined ? {} : { workers }),
      digestCache: digestCache(context.workspace),
    })
    context.log.info('model opened', {
      model,
      digest: opened.digest,
      dimension: opened.dimension,
      device: opened.device.reason,
      precision: opened.precision,
    })
    return opened
  })
}

/** Where digests of model files are remembered. */
export function digestCache(workspace: string): string {
  return join(workspace, 'cache', 'model-digests.json')
}
