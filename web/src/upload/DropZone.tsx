import { Button, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTray } from "./tray";
import classes from "./DropZone.module.css";

/** Takes files for a trade pack, or for one that they name themselves. */
export function DropZone({ pack }: { pack: string }) {
  const { t } = useTranslation();
  const { add } = useTray();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.zone}>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(e) => {
          add(pack, [...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => input.current?.click()}>
        {t("upload.choose")}
      </Button>
      <Text size="sm">{t("upload.drop")}</Text>
      <Text size="xs" c="dimmed">
        {t("upload.formats")}
      </Text>
    </div>
  );
}
