"""The generated reference of parameters and events."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # reference of parameters and events
    "reference.title": "# 参数与事件",
    "reference.intro": "由 `python -m reports.reference` 根据 `scenarios/effects.py` 中的登记表和内置计划 `quarter` 生成。\n"
    "举措、风险、应急预案和事先未知的因素只能通过这些参数和事件起作用。",
    "reference.formula": "参数 =（基数 + 各项平移之和）× 各项系数之积，只计处于生效期且范围相符的影响，并限制在取值范围之内。\n"
    "参数在相应规则执行时读取；已在进行中的事项不再变动。来源等级：A 同行评议文献，B 调查或数据集，\n"
    "C 二手资料，D 假设，own 本公司数据。",
    "reference.unit": "- 单位：{unit}",
    "reference.domain": "- 取值范围：{low}至 {high}",
    "reference.no_bound": "无上限",
    "reference.keys": "- 可按以下属性限定范围：{keys}",
    "reference.default": "- `{path}`：{values}",
    "reference.no_default": "- `{path}`：内置计划中未给出",
    "reference.range": "{n} 项，{low}至 {high}",
    "reference.same": "全部 {n} 项均为 {low}",
    "reference.grade": "（{grade}）",
    "reference.grades": "（有等级者：{grades}）",
    "reference.movers": "- 在内置计划中受以下各项影响",
    "reference.no_mover": "- 在内置计划中不受任何影响",
    "reference.measure": "举措 `{id}`",
    "reference.risk": "风险 `{id}`",
    "reference.plan": "应急预案 `{id}`",
    "reference.policy": "策略试点 `{id}`",
    "reference.unknown": "事先未知的因素 `{id}`：{kind}",
    "reference.open": "系数为 1，不产生变化",
    "reference.struck": "受风险打击的对象",
    "reference.events": "## 事件",
    "reference.events_intro": "风险发生后（经过预告期、按其概率）可能导致的结果，或应急预案可能带来的结果。",
    "reference.events_head": "事件;发生什么;在内置计划中由谁引起",
}
