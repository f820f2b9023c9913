/** 74000 → "1:14", 3734000 → "1:02:14". @param {number} ms */
export function clock(ms) {
  const total = seconds(ms);
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** How a screen reader says it: "1 minute 14 of 3 minutes 34". @param {number} at_ms @param {number} total_ms */
export function spoken(at_ms, total_ms) {
  return `${words(at_ms)} of ${words(total_ms)}`;
}

/** @param {number} ms */
function words(ms) {
  const total = seconds(ms);
  const minutes = Math.floor(total / 60);
  if (!minutes) return `${total} ${total === 1 ? "second" : "seconds"}`;
  return `${minutes} ${minutes === 1 ? "minute" : "minutes"} ${total % 60}`;
}

/** @param {number} ms */
function seconds(ms) {
  return Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
}
