import { gathered, type Words } from "./words";

export default gathered(import.meta.glob<Words>("./zh-CN/*.json", { eager: true, import: "default" }));
