import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { startRefine } from '../api/loop.ts'
import { Icon } from '../interface/icon.tsx'
import { notifyFailure } from '../interface/notice.tsx'
import { tray } from '../tray/tray.ts'
import { borrowedPhrases } from './borrowed-phrases.ts'
import { appendPhrase, draft } from './draft.ts'
import { PaintSettingsForm } from './paint-settings-form.tsx'
import { paint } from './painting.ts'
import { putRefine } from './workbench.ts'

const VARIANTS = 3
const SUGGESTED = 10

/** Where the prompt is written, improved and painted. */
export function Editor(): JSX.Element {
  const starting = useSignal(false)
  const empty = draft.value.trim() === ''
  const improve = async () => {
    if (empty || starting.value) return
    starting.value = true
    try {
      const neighbours = tray.value.map(({ id }) => id)
      const prompt = draft.value.trim()
      putRefine(await startRefine({ prompt, variants: VARIANTS, ...(neighbours.length > 0 ? { neighbours } : {}) }))
    } catch (error) {
      notifyFailure(error)
    } finally {
      starting.value = false
    }
  }
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault()
        void improve()
      }}
    >
      <label class="unseen" for="prompt">
        Your prompt
      </label>
      <textarea
        id="prompt"
        rows={3}
        maxLength={20_000}
        placeholder="What should the picture show?"
        value={draft.value}
        onInput={(event) => {
          draft.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void improve()
        }}
      />
      <Suggestions />
      <div class="actions">
        <button type="submit" class="button button-main" disabled={empty || starting.value} title="Ctrl + Enter">
          <Icon name="quill" size={18} /> Improve
        </button>
        <button
          type="button"
          class="button"
          disabled={empty}
          onClick={() => void paint({ prompt: draft.value.trim() })}
        >
          <Icon name="brush" size={18} /> Paint as written
        </button>
        <PaintSettingsForm />
      </div>
    </form>
  )
}

/** Phrases of what was picked, to be taken over with a click. */
function Suggestions(): JSX.Element | null {
  const prompts = tray.value.map(({ prompt }) => prompt)
  const phrases = borrowedPhrases(draft.value, prompts, SUGGESTED)
  if (phrases.length === 0) return null
  return (
    <ul class="suggestions" aria-label="Phrases of what you picked">
      {phrases.map((phrase) => (
        <li key={phrase}>
          <button type="button" class="chip" title={`Add “${phrase}”`} onClick={() => appendPhrase(phrase)}>
            <Icon name="plus" size={14} /> {phrase}
          </button>
        </li>
      ))}
    </ul>
  )
}
