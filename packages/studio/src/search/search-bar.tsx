import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { Icon } from '../interface/icon.tsx'
import { narrow } from '../interface/media-query.ts'
import { place } from '../navigation.ts'
import type { Query } from '../question/query.ts'
import { parseTyped } from '../question/typed.ts'
import { asked, askFor, askWhileTyping } from './asked.ts'
import { FindSwitch } from './find-switch.tsx'
import { PartChips } from './part-chips.tsx'
import { askForPictures } from './picture-question.ts'

/** Milliseconds without a key after which what was typed is asked. */
const PAUSE = 300

/** Where people ask: words, terms with a sign, phrases, pictures. */
export function SearchBar(): JSX.Element {
  const text = useSignal(asked.peek().words)
  const input = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useSignalEffect(() => {
    const { words } = asked.value
    if (parseTyped(text.peek()).words !== words) text.value = words
  })
  const submit = (event: Event) => {
    event.preventDefault()
    clearTimeout(timer.current)
    const query = queryTyped(text.value)
    text.value = query.words
    askFor(query)
  }
  const type = (value: string) => {
    text.value = value
    clearTimeout(timer.current)
    const typed = parseTyped(value)
    if (typed.parts.length > 0 || typed.phrases.length > 0 || /[-+"]/.test(value.slice(-1))) return
    const here = place.peek()
    timer.current = setTimeout(() => {
      // Who has gone elsewhere in the pause is not dragged back.
      if (place.peek() === here) askWhileTyping({ ...asked.value, words: typed.words })
    }, PAUSE)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Backspace' && text.value === '') dropLast()
    if (event.key === 'Escape') input.current?.blur()
    if (event.key === 'ArrowDown') {
      event.preventDefault()
      document.querySelector<HTMLElement>('.wall [data-position][tabindex="0"]')?.focus()
    }
  }
  return (
    <search class="search-bar">
      <form onSubmit={submit}>
        <Icon name="search" />
        <PartChips />
        <input
          ref={input}
          id="words"
          type="text"
          enterkeyhint="search"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-label="What the picture should show"
          aria-keyshortcuts="/"
          placeholder={asked.value.parts.length > 0 ? 'and …' : 'Describe a picture, or drop one'}
          value={text.value}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <span class="hint" aria-hidden="true">
          /
        </span>
        <PictureButton />
        {!narrow.value && <FindSwitch />}
      </form>
    </search>
  )
}

/** The query with what was typed put into its places. */
function queryTyped(text: string): Query {
  const typed = parseTyped(text)
  const { parts, phrases } = asked.value
  return {
    ...asked.value,
    words: typed.words,
    parts: [...parts, ...typed.parts],
    phrases: [...new Set([...phrases, ...typed.phrases])],
  }
}

/** Takes the last chip away. */
function dropLast(): void {
  const { parts, phrases } = asked.value
  if (phrases.length > 0) askFor({ ...asked.value, phrases: phrases.slice(0, -1) })
  else if (parts.length > 0) askFor({ ...asked.value, parts: parts.slice(0, -1) })
}

function PictureButton(): JSX.Element {
  return (
    <label class="picture-button" title="Search by a picture: choose, drop or paste one">
      <Icon name="picture" />
      <span class="unseen">Search by a picture</span>
      <input
        type="file"
        accept="image/*"
        class="unseen"
        onChange={(event) => {
          const { files } = event.currentTarget
          if (files) void askForPictures([...files])
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}
