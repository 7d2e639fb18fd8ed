import type { JSX, RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { phraseSpans } from './phrase-spans.ts'

interface PromptTextProps {
  readonly prompt: string
  /** What a click on a phrase does, in words. */
  readonly hint: string
  /** The address that a phrase leads to, for a tab of its own. */
  readonly hrefOf: (phrase: string) => string
  readonly onPhrase: (phrase: string, minus: boolean) => void
}

/**
 * A prompt whose phrases can be clicked; with Shift or Alt held, the phrase is asked away from. Of a long one the first
 * lines are shown, and the rest when that is asked for.
 */
export function PromptText({ prompt, hint, hrefOf, onPhrase }: PromptTextProps): JSX.Element {
  const text = useRef<HTMLParagraphElement>(null)
  const [all, setAll] = useState(false)
  const clipped = useClipped(text, all)
  return (
    <div class="prompt">
      <p class="prompt-text" dir="auto" ref={text} data-all={all ? '' : undefined}>
        {phraseSpans(prompt).map(({ text: piece, phrase }, index) =>
          phrase === undefined ? (
            piece
          ) : (
            // A link and no button: a button is a box, and a long one takes lines of its own.
            <a
              key={index}
              class="phrase"
              href={hrefOf(phrase)}
              draggable={false}
              title={`${hint} “${phrase}” (with Shift: away from it)`}
              onClick={(event) => followPhrase(event, (minus) => onPhrase(phrase, minus))}
              onFocus={({ currentTarget }) => isBelow(currentTarget, text.current) && setAll(true)}
            >
              {piece}
            </a>
          ),
        )}
      </p>
      {(clipped || all) && (
        <button type="button" class="quiet prompt-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show less' : 'Show all'}
        </button>
      )}
    </div>
  )
}

function followPhrase(event: MouseEvent, follow: (minus: boolean) => void): void {
  // The browser opens a tab.
  if (event.ctrlKey || event.metaKey) return
  event.preventDefault()
  // A pointer that was drawn over words has selected them.
  if (event.detail > 0 && document.getSelection()?.toString()) return
  follow(event.shiftKey || event.altKey)
}

/** Whether a part of a text is among the lines that are not shown. */
function isBelow(part: HTMLElement, text: HTMLElement | null): boolean {
  if (!text) return false
  return text.scrollTop > 0 || part.getBoundingClientRect().bottom > text.getBoundingClientRect().bottom + 1
}

/** Whether an element has more lines than it shows; while all are shown, what held before. */
function useClipped(element: RefObject<HTMLElement | null>, all: boolean): boolean {
  const [clipped, setClipped] = useState(false)
  useLayoutEffect(() => {
    const target = element.current
    if (!target || all) return
    const measure = () => setClipped(target.scrollHeight > target.clientHeight + 1)
    const observer = new ResizeObserver(measure)
    observer.observe(target)
    measure()
    return () => observer.disconnect()
  }, [all])
  return clipped
}
