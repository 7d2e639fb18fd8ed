/**
 * Keeps ONNX Runtime from reporting on its use. Since 1.29 its Linux builds send what sessions are opened, with facts of
 * the model and the process's command line, to a collector of its maker unless `ORT_DISABLE_TELEMETRY` is set when the
 * library is loaded; prompts stand in command lines, and nobody was asked. A command line of some 16,000 characters even
 * crashes it. Must be called in the main thread: what a worker sets does not reach native code.
 */
export function disableTelemetry(): void {
  // biome-ignore lint/style/noProcessEnv: written, not read; the library has no other switch before it is loaded
  process.env.ORT_DISABLE_TELEMETRY = '1'
}
