// ONNX Runtime and nothing else: opens one graph and runs ready tensors, for the ceiling that a stage is held against.
import { parentPort, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const session = await InferenceSession.create(workerData.graph, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
})
const name = session.inputNames[0]
parentPort.on('message', async (batches) => {
  if (batches === null) {
    await session.release()
    parentPort.close()
    return
  }
  const tensors = batches.map(({ type, data, dims }) => new Tensor(type, data, dims))
  for (const tensor of tensors) await session.run({ [name]: tensor })
  parentPort.postMessage('done')
})
parentPort.postMessage('open')
