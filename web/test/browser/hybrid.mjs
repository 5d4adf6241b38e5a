// A PDF of one page that carries an invoice, as small as it gets.
export function hybrid(name, xml) {
  const text = "BT /F1 12 Tf 20 100 Td (Invoice LQ-4711, to pay 1290.00 EUR) Tj ET";
  const objects = [
    `<</Type/Catalog/Pages 2 0 R/AF[6 0 R]/Names<</EmbeddedFiles<</Names[(${name}) 6 0 R]>>>>>>`,
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${text.length}>>\nstream\n${text}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    `<</Type/Filespec/F(${name})/UF(${name})/AFRelationship/Data/EF<</F 7 0 R>>>>`,
  ];
  const parts = [Buffer.from("%PDF-1.7\n")];
  const offsets = [];
  let size = parts[0].length;
  const put = (buffer) => {
    parts.push(buffer);
    size += buffer.length;
  };
  objects.forEach((body, i) => {
    offsets.push(size);
    put(Buffer.from(`${i + 1} 0 obj\n${body}\nendobj\n`, "latin1"));
  });
  offsets.push(size);
  put(Buffer.from(`7 0 obj\n<</Type/EmbeddedFile/Subtype/text#2Fxml/Length ${xml.length}>>\nstream\n`));
  put(Buffer.from(xml));
  put(Buffer.from("\nendstream\nendobj\n"));
  const start = size;
  const rows = offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("");
  put(Buffer.from(`xref\n0 8\n0000000000 65535 f \n${rows}trailer\n<</Size 8/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`));
  return Buffer.concat(parts);
}
