import type { JSX } from 'preact'
import { phraseSpans } from './phrase-spans.ts'

interface PromptTextProps {
  readonly prompt: string
  /** What a click on a phrase does, in words. */
  readonly hint: string
  readonly onPhrase: (phrase: string, minus: boolean) => void
}

/** A prompt whose phrases can be clicked; with Shift or Alt held, the phrase is asked away from. */
export function PromptText({ prompt, hint, onPhrase }: PromptTextProps): JSX.Element {
  return (
    <p class="prompt-text" dir="auto">
      {phraseSpans(prompt).map(({ text, phrase }, index) =>
        phrase === undefined ? (
          text
        ) : (
          <button
            key={index}
            type="button"
            class="phrase"
            title={`${hint} “${phrase}” (with Shift: away from it)`}
            onClick={(event) => onPhrase(phrase, event.shiftKey || event.altKey)}
          >
            {text}
          </button>
        ),
      )}
    </p>
  )
}
