"""Plans and saved runs: check, import, list."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # check
    "check.title": "检查 · {plan}",
    "check.fine": "计划可以读取：所引用的编号都存在，各项数字都符合其字段的要求。",
    "check.read.target": "{n} 个区域的计划金额合计 {planned}",
    "check.read.reps": "销售人员",
    "check.read.tiers": "{tiers}",
    "check.read.open": "在手商机",
    "check.read.worth": "金额合计 {amount}",
    "check.read.accounts": "客户",
    "check.read.due": "本季到期合同 {n} 份，合计 {amount}",
    "check.read.owed": "应收账款",
    "check.read.worth_owed": "合计 {amount}",
    "check.read.money": "预算",
    "check.read.pools": "共 {n} 个资金池",
    "check.warnings": "警告",
    "check.notes": "提示",
    "check.about": "{message}［{rules}］",
    "check.summary": "警告：{warnings} 条。提示：{notes} 条。",
    # runs
    "runs.title": "{folder} 中的运行记录（最新在前）",
    "runs.empty": "{folder} 中还没有运行记录。可运行：quarterdeck run quarter",
    "runs.saved": "已保存为 {folder}。再次查看：quarterdeck show {folder}",
    "runs.unfinished": "尚未完成；继续：quarterdeck run --resume {name}",
    "runs.interrupted": "已中断。已模拟的 {kept} 个季度均已保留。",
    "runs.under_way": "中断于：{step}，{done}/{total}。",
    "runs.go_on": "查看已有结果：quarterdeck show {run}\n继续：quarterdeck run --resume {run}",
    "unfinished.title": "未完成 · {plan}",
    "unfinished.detail": "已模拟 {n} 个季度 · 随机种子 {seed} · 金额单位：{currency}",
    "unfinished.part": "以下只是一部分：{study} 首先模拟的情形，要求 {asked} 个季度，已完成前 {n} 个。这还不是答案：尚未作任何比较。",
    "unfinished.variant": "可能发生的风险：{risks}。已准备的应急预案：{plans}。",
    "unfinished.none": "无",
    "unfinished.go_on": "共已完成 {kept} 个季度。继续模拟，结果与未中断时相同：quarterdeck run --resume {name}",
    "repeat.identical": "{name}：已重新计算，结果逐位一致。",
    "repeat.differs": "{name}：已重新计算，以下文件结果不同：{files}。相同平台、相同版本才能保证结果可重复；"
    "manifest.json 中记有该运行记录所用的版本。",
    # CRM import
    "import.title": "由 CRM 导出数据生成的计划",
    "import.detail": "{out} · 截至 {as_of} · 字段映射 {mapping}",
    "import.target": "季度目标：{target} {currency}",
    "import.read": "已读取的文件",
    "import.used": "已写入计划",
    "import.unused": "未采用的内容及原因",
    "import.estimates": "根据导出数据估计",
    "import.assumed": "导出数据中没有、按假设取值",
    "import.assumed_note": "来源等级：A 同行评议文献，B 样本明确的调查，C 二手资料，D 假设。",
    "import.warnings": "请核对以下内容",
    "import.next": "下一步：quarterdeck check {out}，然后 quarterdeck run {out}",
    "import.refresh_keeps": "--refresh 保留计划原有的目标和周数：请去掉 --target、--growth 和 --weeks",
    "import.many": "{path}（{n} 项）",
    "import.range": "{low}–{high}",
    "import.instance": "例如：{basis}",
    "import.each": "逐项明细：import-crm --json",
    "column.file": "文件",
    "column.rows": "行数",
    "column.holds": "内容",
    "column.table": "表",
}
