import { gathered, type Words } from "./words";

export default gathered(import.meta.glob<Words>("./en/*.json", { eager: true, import: "default" }));
