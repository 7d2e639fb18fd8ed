import type { BackEnd, PaintRequest } from '@promptloom/generate/back-end'
import { GeneratorError, generatorCures } from '@promptloom/generate/generator-error'
import { retry } from '@promptloom/http/retry'
import { UserError } from '@promptloom/runner/errors'
import type { Configuration } from '../configuration.ts'
import { type Environment, environment } from '../environment.ts'
import { outgoingFetch } from '../outgoing.ts'
import type { GenerateOptions } from './generate-options.ts'
import { openAiKey, painterSecret } from './secret.ts'

/** A painter; disposing of it ends what it started. */
export type Painter = BackEnd & AsyncDisposable

/** What of a configuration decides who paints; the contact is told to hosts that pictures are fetched from. */
export type PainterConfiguration = Pick<Configuration, 'generate'> & {
  readonly 'fetch-images': Pick<Configuration['fetch-images'], 'contact'>
}

/**
 * The painter that the configuration means. Requests that another try can cure are tried again; pictures that came
 * before the failure are asked for again too, so a painter that is paid by the picture is asked for one at a time.
 *
 * @throws GeneratorError for an address or a workflow that can't be used; UserError for a secret that is not there or
 * no such secret, or that must not go where it would
 */
export async function openPainter(
  configuration: PainterConfiguration,
  from: Environment = environment(),
): Promise<Painter> {
  const { generate: options } = configuration
  const { backEnd, advice, close } = await openBackEnd(configuration, from)
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
        throw advised(error, advice)
      })
    },
    async [Symbol.asyncDispose]() {
      await close?.()
    },
  }
}

/** A refusal with what would change it. */
function advised(error: unknown, advice: string | undefined): unknown {
  if (!(error instanceof GeneratorError) || error.outcome !== 'generator_denied' || !advice) return error
  return new GeneratorError(error.outcome, `${error.message.replace(/\.$/, '')}; ${advice}.`, { cause: error })
}

/** Who paints, what to do where it wants a secret, and how it is ended. */
interface OpenBackEnd {
  readonly backEnd: BackEnd
  readonly advice?: string
  readonly close?: () => Promise<void>
}

/** Each is loaded where it is used: the client of a service takes longer to load than most commands run. */
async function openBackEnd(configuration: PainterConfiguration, from: Environment): Promise<OpenBackEnd> {
  const { painter } = configuration.generate
  switch (painter.kind) {
    case 'sketch': {
      const { SketchProcess } = await import('./sketch-process.ts')
      const backEnd = new SketchProcess()
      return { backEnd, close: () => backEnd[Symbol.asyncDispose]() }
    }
    case 'automatic1111':
      return openAutomatic1111(painter, from)
    case 'comfyui':
      return openComfyUi(painter, from)
    case 'openai-images':
      return openImages(painter, configuration, from)
  }
}

type PainterOptions<Kind> = Extract<GenerateOptions['painter'], { kind: Kind }>

const SECTION = 'generate.painter'

async function openAutomatic1111(painter: PainterOptions<'automatic1111'>, from: Environment): Promise<OpenBackEnd> {
  const { Automatic1111 } = await import('@promptloom/generate/automatic1111/back-end')
  const { url, timeout, restoreModel, plainHttp } = painter
  const form = 'AUTOMATIC1111_AUTH as user:password, as given to its --api-auth'
  const secret = painterSecret('AUTOMATIC1111_AUTH', { section: SECTION, address: url, plainHttp }, from)
  const [, user, password] = /^([^:]*):(.*)$/s.exec(secret ?? '') ?? []
  if (secret !== undefined && password === undefined) {
    throw new UserError(`AUTOMATIC1111_AUTH has no colon; set ${form}.`)
  }
  const auth = user !== undefined && password !== undefined ? { user, password } : undefined
  const backEnd = new Automatic1111({ url, auth, timeoutMs: timeout * 1000, restoreModel })
  return { backEnd, advice: `set ${form}, or a better one` }
}

async function openComfyUi(painter: PainterOptions<'comfyui'>, from: Environment): Promise<OpenBackEnd> {
  const { ComfyUi } = await import('@promptloom/generate/comfyui/back-end')
  const { readWorkflow } = await import('@promptloom/generate/comfyui/workflow')
  const { url, timeout, plainHttp } = painter
  const token = painterSecret('COMFYUI_TOKEN', { section: SECTION, address: url, plainHttp }, from)
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const workflow = await readWorkflow(painter.workflow)
  const backEnd = new ComfyUi({ url, workflow, headers, timeoutMs: timeout * 1000 })
  return { backEnd, advice: 'set COMFYUI_TOKEN for the proxy in front of it, or a better one' }
}

async function openImages(
  painter: PainterOptions<'openai-images'>,
  configuration: PainterConfiguration,
  from: Environment,
): Promise<OpenBackEnd> {
  const { OpenAiImages } = await import('@promptloom/generate/openai-images/back-end')
  const { serviceFetch } = await import('@promptloom/http/service-fetch')
  const { url, model, picturesPerCall, timeout, keyEnv, plainHttp } = painter
  const { value: apiKey, advice } = openAiKey({ section: SECTION, address: url, keyEnv, plainHttp }, from)
  // Pictures that are answered by address come from where the user's endpoint says.
  const fetch = outgoingFetch({ contact: configuration['fetch-images'].contact, asked: [url] })
  const download = async (address: string, signal: AbortSignal) => {
    const response = await fetch(address, { signal })
    return new Uint8Array(await response.arrayBuffer())
  }
  const asked = { url, apiKey, model, picturesPerCall, timeoutMs: timeout * 1000 }
  return { backEnd: new OpenAiImages({ ...asked, download, fetch: serviceFetch() }), advice }
}

/** Without the keys whose values are undefined: they must not hide a default. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Partial<T>
}
