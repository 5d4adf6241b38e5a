import { Button, Group, Text } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { original } from "../../api/queries";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Documents.module.css";

type Props = { papers: Schemas["PaperRow"][]; onDone: () => void };

/** Gives bytes to the person as a file of a name. */
function save(bytes: Uint8Array<ArrayBuffer>, media: string, name: string) {
  const address = URL.createObjectURL(new Blob([bytes], { type: media }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

/** What can be done with all papers that were picked. */
export function BulkBar({ papers, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const download = useMutation({
    mutationFn: async () => {
      for (const paper of papers) {
        const { bytes, media } = await client.fetchQuery(original(paper.id));
        save(bytes, media, paper.file_name);
      }
    },
    onSuccess: onDone,
  });
  return (
    <section className={classes.bulk} aria-label={t("documents.picked", { count: papers.length })}>
      <Group gap={8}>
        <Text size="sm" fw={600}>
          {t("documents.picked", { count: papers.length })}
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={download.isPending}
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => download.mutate()}
        >
          {t("documents.download", { count: papers.length })}
        </Button>
        <Button size="xs" variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={onDone}>
          {t("documents.unpick")}
        </Button>
      </Group>
      {download.error && <ProblemNote error={download.error} />}
    </section>
  );
}
