import { Automatic1111 } from '@promptloom/generate/automatic1111/back-end'
import type { BackEnd, PaintRequest } from '@promptloom/generate/back-end'
import { ComfyUi } from '@promptloom/generate/comfyui/back-end'
import { readWorkflow } from '@promptloom/generate/comfyui/workflow'
import { GeneratorError, generatorCures } from '@promptloom/generate/generator-error'
import { OpenAiImages } from '@promptloom/generate/openai-images/back-end'
import type { Fetch } from '@promptloom/http/fetch'
import { retry } from '@promptloom/http/retry'
import { type Environment, environment, imageGenerators } from '../environment.ts'
import type { GenerateOptions } from './generate-options.ts'
import { SketchProcess } from './sketch-process.ts'

/** A painter; disposing of it ends what it started. */
export type Painter = BackEnd & AsyncDisposable

/** What a painter needs beside its options. */
export interface PainterParts {
  readonly from?: Environment
  /** Fetches pictures that an images API answers by address: a polite client's. */
  readonly fetch: Fetch
}

/**
 * The painter that the configuration means. Requests that another try can cure are tried again; pictures that came
 * before the failure are asked for again too, so a painter that is paid by the picture is asked for one at a time.
 *
 * @throws GeneratorError for an address or a workflow that can't be used
 */
export async function openPainter(options: GenerateOptions, parts: PainterParts): Promise<Painter> {
  const backEnd = await openBackEnd(options, parts)
  return {
    describe: () => backEnd.describe(),
    generate: (request, paint = {}) => {
      const policy = { attempts: options.attempts, cures: generatorCures }
      const { negativePrompt, width, height, steps, sampler, cfg, model } = options
      const defaults = { negativePrompt, width, height, steps, sampler, cfg, model }
      const whole = { ...given(defaults), ...given(request), prompt: request.prompt } as PaintRequest
      const painted = retry(() => backEnd.generate(whole, paint), {
        ...policy,
        ...(paint.signal ? { signal: paint.signal } : {}),
      })
      return painted.catch((error: unknown) => {
        throw advised(error, options.painter.kind)
      })
    },
    async [Symbol.asyncDispose]() {
      if (backEnd instanceof SketchProcess) await backEnd[Symbol.asyncDispose]()
    },
  }
}

/** Where each painter's secret is read from, and in what form. */
const SECRETS: Readonly<Record<string, string>> = {
  automatic1111: 'AUTOMATIC1111_AUTH as user:password, as given to its --api-auth',
  comfyui: 'COMFYUI_TOKEN for the proxy in front of it',
  'openai-images': 'OPENAI_API_KEY',
}

/** A refusal with what would change it. */
function advised(error: unknown, kind: string): unknown {
  const secret = SECRETS[kind]
  if (!(error instanceof GeneratorError) || error.outcome !== 'generator_denied' || !secret) return error
  const message = `${error.message.replace(/\.$/, '')}; set ${secret}, or a better one.`
  return new GeneratorError(error.outcome, message, { cause: error })
}

async function openBackEnd({ painter }: GenerateOptions, { from = environment(), fetch }: PainterParts) {
  const secrets = imageGenerators(from)
  switch (painter.kind) {
    case 'sketch':
      return new SketchProcess()
    case 'automatic1111': {
      const { url, timeout, restoreModel } = painter
      return new Automatic1111({ url, auth: secrets.automatic1111, timeoutMs: timeout * 1000, restoreModel })
    }
    case 'comfyui': {
      const { url, timeout } = painter
      const headers = secrets.comfyui === undefined ? {} : { authorization: `Bearer ${secrets.comfyui}` }
      return new ComfyUi({ url, workflow: await readWorkflow(painter.workflow), headers, timeoutMs: timeout * 1000 })
    }
    case 'openai-images': {
      const { url, model, picturesPerCall, timeout } = painter
      const download = async (address: string, signal: AbortSignal) => {
        const response = await fetch(address, { signal })
        return new Uint8Array(await response.arrayBuffer())
      }
      const timeoutMs = timeout * 1000
      return new OpenAiImages({ url, apiKey: secrets.openai, model, picturesPerCall, timeoutMs, download })
    }
  }
}

/** Without the keys whose values are undefined: they must not hide a default. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Partial<T>
}
