import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../interface/icon.tsx'
import { NOTHING } from '../question/query.ts'
import { askFor } from './asked.ts'
import { askForPictures, picturesOf } from './picture-question.ts'

/** Takes pictures that are dropped on, or pasted into, any part of the page. */
export function DropZone(): JSX.Element | null {
  const over = useSignal(false)
  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    const dragged = (event: DragEvent) => {
      const kinds = event.dataTransfer?.types ?? []
      if (!kinds.includes('Files') && !kinds.includes('text/uri-list')) return
      event.preventDefault()
      over.value = kinds.includes('Files')
    }
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false
    }
    const dropped = (event: DragEvent) => {
      over.value = false
      if (event.dataTransfer && take(event.dataTransfer)) event.preventDefault()
    }
    const pasted = (event: ClipboardEvent) => {
      if (event.clipboardData && picturesOf(event.clipboardData).files.length > 0) {
        event.preventDefault()
        take(event.clipboardData)
      }
    }
    document.addEventListener('dragover', dragged, { signal })
    document.addEventListener('dragleave', left, { signal })
    document.addEventListener('drop', dropped, { signal })
    document.addEventListener('paste', pasted, { signal })
    return () => stop.abort()
  }, [])
  if (!over.value) return null
  return (
    <div class="drop-zone" aria-hidden="true">
      <div>
        <Icon name="picture" size={48} />
        <p>Drop it to find what is like it</p>
      </div>
    </div>
  )
}

/** Asks for what was dropped; false where it is nothing to ask with. */
function take(data: DataTransfer): boolean {
  const { files, url } = picturesOf(data)
  if (files.length > 0) void askForPictures(files)
  // It says what is wrong with them.
  else if (data.files.length > 0) void askForPictures([...data.files])
  else if (url && new URL(url).origin !== location.origin) {
    askFor({ ...NOTHING, parts: [{ kind: 'address', url, minus: false }] })
  } else return false
  return true
}
