// The browser's own reader of codes, where it has one that knows DataMatrix.

const WANTED = ["data_matrix", "qr_code", "code_128", "ean_13", "ean_8", "upc_a"];
const GS = "\x1d";

/**
 * The raw text as a scanner would give it. The browser tells no symbology identifier; FNC1 in first place, by which a
 * code says that it is GS1, arrives as GS.
 */
export const asScanned = ({ rawValue, format }) => {
  if (rawValue.startsWith(GS)) {
    const identifier = { data_matrix: "]d2", qr_code: "]Q3", code_128: "]C1" }[format] ?? "";
    return identifier + rawValue.slice(1);
  }
  return rawValue;
};

/** Reads a video or picture: `(source) => raw`, "" where nothing is found; null where this browser cannot. */
export const detector = async () => {
  const Detector = globalThis.BarcodeDetector;
  if (!Detector) return null;
  const known = await Detector.getSupportedFormats();
  if (!known.includes("data_matrix")) return null;
  const reader = new Detector({ formats: WANTED.filter((format) => known.includes(format)) });
  return async (source) => {
    const [found] = await reader.detect(source);
    return found ? asScanned(found) : "";
  };
};
