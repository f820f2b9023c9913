/** Records what sounds, with the frame number at which the recording began. */
registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([[channel]]) {
    this.port.postMessage([currentFrame, channel ? channel.slice() : new Float32Array(128)]);
    return true;
  }
});
