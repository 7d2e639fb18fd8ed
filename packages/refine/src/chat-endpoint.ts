import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import { ANSWER_JSON_SCHEMA } from './answer.ts'
import type { Tokens } from './budget.ts'
import { chatError } from './chat-error.ts'
import type { Message } from './conversation.ts'
import { RefineError } from './refine-error.ts'
import { RefineInputError } from './refine-input.ts'

/** Where and how a chat model is asked. */
export interface ChatEndpointOptions {
  /** Base address, e.g. `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1` (Ollama), `…:8000/v1` (vLLM). */
  readonly url: string
  /** Sent as bearer token; local servers mostly need none. */
  readonly apiKey?: string | undefined
  /** What to do where the server wants a key, or another one; default: `check the API key and the credit …`. */
  readonly keyAdvice?: string | undefined
  /** The server's name of the model. */
  readonly model: string
  /** Sampling temperature, 0 to 2; the server's default where absent (some models accept no other). */
  readonly temperature?: number | undefined
  /** Most tokens of one answer; default 500 and 250 more for each variant. */
  readonly maxOutputTokens?: number | undefined
  /** How the server is told that limit: OpenAI's reasoning models insist on the newer name. Default `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined
  /**
   * How the server is held to the answer's shape: by JSON Schema (OpenAI, vLLM, Ollama, LM Studio), to any JSON, or
   * not at all, for servers that know neither. Default `json_schema`.
   */
  readonly structure?: 'json_schema' | 'json_object' | 'none' | undefined
  /** Longest time of one answer, from the request to its last byte, in milliseconds; default 120,000. */
  readonly timeoutMs?: number | undefined
  /** Used for every request in place of Node's. Redirects must come back as they are: they are never followed. */
  readonly fetch?: typeof fetch | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** One answer, whatever it says. */
export interface Answer {
  readonly text: string
  /** Null where the server did not report it. */
  readonly tokens: Tokens | null
  /** Why the answer is of no use although it arrived and was paid for; null where it may be. */
  readonly stopped: { readonly outcome: 'llm_refused' | 'llm_malformed'; readonly why: string } | null
}

/** How one question is asked. */
export interface AskOptions {
  readonly maxOutputTokens: number
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Set: the answer is streamed, and each piece handed over as it arrives. */
  readonly onText?: ((piece: string) => void) | undefined
  /** Set: sent as `Idempotency-Key`, digested together with the question, so that another question has another key. */
  readonly idempotencyKey?: string | undefined
}

/** What the client is told of one request beside its body. */
interface Sending {
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
}

const DEFAULT_TIMEOUT_MS = 120_000

/** Most characters of an answer that are read before it is taken for a runaway. */
const LONGEST_ANSWER = 1_000_000

/** A chat model behind an OpenAI-compatible endpoint; every call is tried once. */
export class ChatEndpoint {
  readonly label: string
  readonly #client: OpenAI
  readonly #options: ChatEndpointOptions

  /** @throws RefineInputError for an address that is none */
  constructor(options: ChatEndpointOptions) {
    requireAddress(options.url)
    this.label = `${options.model} at ${options.url}`
    this.#options = options
    this.#client = new OpenAI({
      baseURL: options.url,
      // Everything the client would otherwise look up in the environment is given.
      apiKey: options.apiKey ?? 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      fetch: options.fetch,
      fetchOptions: { redirect: 'manual' },
      defaultHeaders: { ...(options.apiKey === undefined ? { Authorization: null } : {}), ...options.headers },
    })
  }

  /**
   * Asks once.
   *
   * @throws RefineError; the signal's reason after an abort
   */
  async ask(messages: readonly Message[], options: AskOptions): Promise<Answer> {
    const { signal, onText } = options
    signal?.throwIfAborted()
    const timeoutMs = this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    // The client's own timeout ends with the headers; an answer that stalls half-way must end too.
    const timeout = AbortSignal.timeout(timeoutMs)
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    const question = this.#question(messages, options)
    const sending = { signal: both, headers: keyHeader(options.idempotencyKey, question) }
    try {
      return onText === undefined
        ? await this.#whole(question, sending)
        : await this.#streamed(question, sending, onText)
    } catch (error) {
      signal?.throwIfAborted()
      if (timeout.aborted)
        throw new RefineError(
          'llm_timeout',
          `${this.label}: no complete answer within ${timeoutMs} ms; try again later.`,
          {
            cause: error,
          },
        )
      throw chatError(error, this.label, this.#options.keyAdvice)
    }
  }

  #question(messages: readonly Message[], { seed, maxOutputTokens }: AskOptions): ChatCompletionCreateParamsBase {
    const { model, temperature, maxTokensField = 'max_tokens', structure = 'json_schema' } = this.#options
    return {
      model,
      messages: [...messages],
      [maxTokensField]: maxOutputTokens,
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
      ...(structure === 'none' ? {} : { response_format: responseFormat(structure) }),
    }
  }

  async #whole(question: ChatCompletionCreateParamsBase, sending: Sending): Promise<Answer> {
    const completion = await this.#client.chat.completions.create({ ...question, stream: false }, sending)
    const choice = completion.choices?.[0]
    return {
      text: choice?.message?.content ?? '',
      tokens: tokensOf(completion.usage),
      stopped: stoppedBy(choice?.message?.refusal, choice?.finish_reason),
    }
  }

  async #streamed(
    question: ChatCompletionCreateParamsBase,
    sending: Sending,
    onText: (piece: string) => void,
  ): Promise<Answer> {
    const stream = await this.#client.chat.completions.create(
      { ...question, stream: true, stream_options: { include_usage: true } },
      sending,
    )
    let text = ''
    let refusal = ''
    let finish: string | null = null
    let tokens: Tokens | null = null
    for await (const chunk of stream) {
      tokens = tokensOf(chunk.usage) ?? tokens
      const choice = chunk.choices?.[0]
      refusal += choice?.delta?.refusal ?? ''
      finish = choice?.finish_reason ?? finish
      const piece = choice?.delta?.content ?? ''
      text += piece
      if (text.length > LONGEST_ANSWER) return { text, tokens, stopped: RUNAWAY }
      if (piece !== '') onText(piece)
    }
    // Without this check a connection that the server closed early would pass for a whole answer.
    if (finish === null) throw new TypeError('the answer broke off')
    return { text, tokens, stopped: stoppedBy(refusal, finish) }
  }
}

/** The client's own option `idempotencyKey` is sent only where the client is told the header's name, which it is not. */
function keyHeader(key: string | undefined, question: object): Record<string, string> {
  if (key === undefined) return {}
  const digest = createHash('sha256')
    .update(JSON.stringify([key, question]))
    .digest('hex')
  return { 'Idempotency-Key': digest.slice(0, 32) }
}

const RUNAWAY = { outcome: 'llm_malformed', why: 'the answer does not end' } as const

function stoppedBy(refusal: string | null | undefined, finish: string | null | undefined): Answer['stopped'] {
  if (refusal)
    return { outcome: 'llm_refused', why: `the model refused: ${refusal.slice(0, 500).replace(/\.\s*$/, '')}` }
  if (finish === 'content_filter')
    return { outcome: 'llm_refused', why: 'a content filter stopped the answer; change the prompt' }
  if (finish === 'length')
    return { outcome: 'llm_malformed', why: 'the answer was cut off at the token limit; raise maxOutputTokens' }
  return null
}

function responseFormat(structure: 'json_schema' | 'json_object') {
  if (structure === 'json_object') return { type: 'json_object' as const }
  return {
    type: 'json_schema' as const,
    json_schema: { name: 'variants', strict: true, schema: ANSWER_JSON_SCHEMA },
  }
}

function tokensOf(usage: { prompt_tokens?: number; completion_tokens?: number } | null | undefined): Tokens | null {
  if (typeof usage?.prompt_tokens !== 'number' || typeof usage.completion_tokens !== 'number') return null
  return { input: usage.prompt_tokens, output: usage.completion_tokens }
}

/** Addresses show in labels and messages, so a password has no place in one. */
function requireAddress(url: string): void {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new RefineInputError(`"${url}" is no address of a chat endpoint; give one like http://127.0.0.1:11434/v1.`)
  if (address.username !== '' || address.password !== '')
    throw new RefineInputError(`The address of ${address.host} holds a password; give the key by itself instead.`)
}
