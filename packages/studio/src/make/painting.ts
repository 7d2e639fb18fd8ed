import type { PaintRequest } from '../api/job-request.ts'
import { startPaint } from '../api/loop.ts'
import { notifyFailure } from '../interface/notice.tsx'
import { tray } from '../tray/tray.ts'
import { refreshHistory } from './history.ts'
import { paintSettings, settingsRequest } from './paint-settings.ts'
import { putPaint } from './workbench.ts'

/** Starts to paint a prompt with the chosen settings. What it comes from goes with it: a variant, else what was picked. */
export async function paint({ prompt, refined }: Pick<PaintRequest, 'prompt' | 'refined'>): Promise<void> {
  const from = refined ? { refined } : { parents: tray.value.map(({ id }) => id) }
  try {
    putPaint(await startPaint({ ...settingsRequest(paintSettings.value), prompt, ...from }))
    await refreshHistory()
  } catch (error) {
    notifyFailure(error)
  }
}
