import { type Expectation, judge, judgeVariant } from './answer.ts'
import { addUsage, type Budget, costOf, type Price, type Tokens } from './budget.ts'
import { type Answer, ChatEndpoint, type ChatEndpointOptions } from './chat-endpoint.ts'
import { neverArrived } from './chat-error.ts'
import { conversation, type Message, repair, shownNeighbours } from './conversation.ts'
import { RefineError, refineCures } from './refine-error.ts'
import { checkRequest, RefineInputError } from './refine-input.ts'
import type { RefineOptions, RefineRequest, RefineResult, Refiner, RefinerDescription, Usage } from './refiner.ts'
import { VariantStream } from './variant-stream.ts'

/** Runs an operation again as long as the policy's rule says that it may help. */
export type Retry = <T>(
  operation: () => Promise<T>,
  policy: {
    readonly cures: (error: unknown) => boolean | { readonly afterMs: number }
    readonly signal?: AbortSignal
  },
) => Promise<T>

/** How a language model is asked for better prompts. */
export interface LlmRefinerOptions extends ChatEndpointOptions {
  /** What to do, in Markdown: the text that `readInstruction` returns. */
  readonly instruction: string
  /** What tokens cost; without it costs are not known. */
  readonly price?: Price | undefined
  /** What may be spent, shared with whoever else holds it; its cost limit needs a price. */
  readonly budget?: Budget | undefined
  /** The one retry policy, laid around each single call; without it each call is tried once. */
  readonly retry?: Retry | undefined
}

/** Characters per token, low enough that the guess is rarely under the real count for English and JSON. */
const CHARACTERS_PER_TOKEN = 3

/** A refiner that asks a language model behind an OpenAI-compatible endpoint. */
export class LlmRefiner implements Refiner {
  readonly #options: LlmRefinerOptions
  readonly #endpoint: ChatEndpoint

  /** @throws RefineInputError when a cost limit is given without a price, or the address is none */
  constructor(options: LlmRefinerOptions) {
    if (options.budget?.limits.cost !== undefined && options.price === undefined)
      throw new RefineInputError(`A cost limit for ${options.model} needs the model's price; configure it.`)
    this.#options = options
    this.#endpoint = new ChatEndpoint(options)
  }

  describe(): RefinerDescription {
    return { kind: 'llm', label: this.#endpoint.label }
  }

  async refine(request: RefineRequest, options: RefineOptions = {}): Promise<RefineResult> {
    const checked = checkRequest(request)
    const asked = conversation(this.#options.instruction, checked)
    const expected = {
      variants: checked.variants,
      ids: new Set(shownNeighbours(checked).map((neighbour) => neighbour.id)),
    }
    const call = { expected, seed: request.seed, options }
    const first = await this.#ask(asked, call, undefined)
    const judgement = judge(first.text, expected)
    if (judgement.problems === undefined) return this.#result(judgement.variants, first.usage, false)

    const second = await this.#ask(repair(asked, first.text, judgement.problems), call, first.usage)
    const again = judge(second.text, expected)
    if (again.problems === undefined) return this.#result(again.variants, second.usage, true)
    throw new RefineError(
      'llm_malformed',
      `${this.#endpoint.label} answered twice what can't be used: ${again.problems.slice(0, 3).join('; ')}.`,
      { usage: second.usage },
    )
  }

  #result(variants: RefineResult['variants'], usage: Usage, repaired: boolean): RefineResult {
    return { refiner: this.describe(), variants, usage, repaired }
  }

  async #ask(messages: readonly Message[], call: Call, before: Usage | undefined) {
    const { retry } = this.#options
    const { signal } = call.options
    const once = () => this.#paid(messages, call)
    const policy = { cures: refineCures, ...(signal === undefined ? {} : { signal }) }
    try {
      const answer = await (retry === undefined ? once() : retry(once, policy))
      const usage = addUsage(before, this.#usage(messages, answer))
      if (answer.stopped === null) return { text: answer.text, usage }
      const { outcome, why } = answer.stopped
      throw new RefineError(outcome, `${this.#endpoint.label}: ${why}.`, { usage })
    } catch (error) {
      if (!(error instanceof RefineError) || error.usage !== undefined) throw error
      const { outcome, message, cause, afterMs } = error
      throw new RefineError(outcome, message, { cause, afterMs, usage: before })
    }
  }

  /** One try, with its worst case set aside in the budget before it. */
  async #paid(messages: readonly Message[], call: Call): Promise<Answer> {
    const { budget, price, maxOutputTokens = 500 + 250 * call.expected.variants } = this.#options
    const worst = { input: guessTokens(textOf(messages)), output: maxOutputTokens }
    const { signal, calls, idempotencyKey } = call.options
    signal?.throwIfAborted()
    const settle = budget?.reserve(worst, price)
    await calls?.asked({ tokens: worst.input + worst.output, cost: costOf(worst, price) })
    try {
      const asked = { maxOutputTokens, seed: call.seed, signal, onText: preview(call), idempotencyKey }
      const answer = await this.#endpoint.ask(messages, asked)
      settle?.(tokensOf(messages, answer))
      return answer
    } catch (error) {
      const isFree = wasTurnedDown(error)
      settle?.(isFree ? { input: 0, output: 0 } : worst)
      if (isFree) await calls?.turnedDown()
      throw error
    }
  }

  #usage(messages: readonly Message[], answer: Answer): Usage {
    const tokens = tokensOf(messages, answer)
    return {
      calls: 1,
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      cost: costOf(tokens, this.#options.price),
      estimated: answer.tokens === null,
    }
  }
}

interface Call {
  readonly expected: Expectation
  readonly seed: number | undefined
  readonly options: RefineOptions
}

function preview(call: Call): ((piece: string) => void) | undefined {
  const { onVariant } = call.options
  if (onVariant === undefined) return undefined
  const stream = new VariantStream()
  let position = 0
  return (piece) => {
    for (const json of stream.push(piece)) {
      const variant = judgeVariant(json, call.expected)
      if (variant !== null) onVariant(variant, position++)
    }
  }
}

/** Whether the call never arrived, or was turned down before any paid work; anything else may be billed. */
function wasTurnedDown(error: unknown): boolean {
  if (!(error instanceof RefineError)) return false
  return ['llm_busy', 'llm_denied', 'llm_invalid', 'llm_error'].includes(error.outcome) || neverArrived(error)
}

function tokensOf(messages: readonly Message[], answer: Answer): Tokens {
  return answer.tokens ?? { input: guessTokens(textOf(messages)), output: guessTokens(answer.text) }
}

function textOf(messages: readonly Message[]): string {
  return messages.map((message) => message.content).join('\n')
}

function guessTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}
