"""Messages on stderr."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # requirements
    "require.fails": "要求 {text}，但 {kpi} 为 {value}（95% 置信区间 {interval}）",
    "require.open": "该门槛落在置信区间之内：增加模拟次数后结论可能改变",
    "require.form": "--require {text}：应写成“KPI 名称、>= <= > < 之一、数字”，例如 p_target>=0.6",
    "require.no_kpis": "--require：{study} 的结果中没有可以要求的指标",
    "require.share": "--require {text}：{kpi} 是比例，不超过 100%；请写 {written}",
    "require.unknown": "--require {text}：没有名为 {kpi} 的 KPI；可用的有：{known}",
    # the command line
    "language.unknown": "{variable}={code}：没有该语言；可用的有：{known}",
    "new.exists": "{folder} 已存在，未复制任何内容",
    "new.unknown": "没有名为 {name} 的内置计划；可用的有：{known}",
    "new.done": "{folder} 是内置计划 {name} 的副本。编辑后请运行：quarterdeck check {folder}",
    "export.exists": "{path} 已存在；请为 --export 换一个名称",
    "cannot_write": "无法写入 {path}：{reason}",
    "export.done": "目标分解方案已写入 {path}。编辑后用 --allocation-file {path} 交回",
    "problems.many": "共 {n} 个问题；未写入任何内容",
    "problems.again": "……同样的问题另有 {n} 处：{places}",
    "conflict": "以下各项不能同时成立：",
    "bug": "这是 Quarterdeck 的缺陷，与您的计划无关。请把以上内容和所用命令反馈给维护者。",
}
