import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { forgetRow } from '../api/loop.ts'
import { Confirmation } from '../interface/confirmation.tsx'
import { Icon } from '../interface/icon.tsx'
import { notify, notifyFailure } from '../interface/notice.tsx'
import { dropEverywhere } from '../results/results.ts'
import { refreshCollection } from '../search/collection-facts.ts'
import { dropAround } from '../search/looking-around.ts'
import { putBack } from '../tray/tray.ts'

/** Takes a row out of the collection, after asking. */
export function ForgetButton({ id, onForgotten }: { id: string; onForgotten: () => void }): JSX.Element {
  const asking = useSignal(false)
  const reason = useSignal('')
  const forget = async () => {
    asking.value = false
    try {
      await forgetRow(id, reason.value)
      dropEverywhere(id)
      dropAround(id)
      putBack(id)
      notify({ text: 'Forgotten: it is out of the search, and stays out when the pipeline runs again.' })
      void refreshCollection()
      onForgotten()
    } catch (error) {
      notifyFailure(error)
    }
  }
  return (
    <>
      <button
        type="button"
        class="quiet bad"
        onClick={() => {
          asking.value = true
        }}
      >
        <Icon name="bin" size={18} /> Forget …
      </button>
      {asking.value && (
        <Confirmation
          title="Forget this row?"
          action="Forget it"
          onConfirm={() => void forget()}
          onCancel={() => {
            asking.value = false
          }}
        >
          <p>
            Its prompt, its picture and its vectors leave the collection for good, and no later run brings them back.
          </p>
          <label class="field">
            Why (may stay empty)
            <input
              type="text"
              maxLength={500}
              value={reason.value}
              onInput={(event) => {
                reason.value = event.currentTarget.value
              }}
            />
          </label>
        </Confirmation>
      )}
    </>
  )
}
