//! The small tables: dispositions, grounds and reasons (hotline.md 2.2, 2.5e, 5.7).

use super::form::word_enum;

word_enum!(
    /// The disposition of a contact; it decides whether the contact counts as valid (REC-19).
    Disposition {
        /// 有效
        Valid,
        /// 倾诉: valid.
        Vent,
        /// 重复
        Repeat,
        /// 试拨 (CALL-34)
        TestCall,
        /// 误拨 (NUI-03)
        Misdial,
        /// 业务外 (NUI-04)
        OtherService,
        /// 静默
        Silent,
        /// 闻声挂断 (NUI-05)
        HungUp,
        /// 醉酒
        Drunk,
        /// 谩骂
        Abuse,
        /// 骚扰
        Harassment,
        /// 威胁: goes to the police (V4).
        Threat,
    }
);

impl Disposition {
    /// Whether it counts as a valid demand (F2).
    pub fn is_valid(self) -> bool {
        matches!(self, Disposition::Valid | Disposition::Vent | Disposition::Repeat)
    }

    /// Whether it counts as nuisance and a floor lead must confirm it (F24, T06).
    pub fn is_nuisance(self) -> bool {
        use Disposition::{Abuse, Drunk, Harassment, Threat};
        matches!(self, Drunk | Abuse | Harassment | Threat)
    }
}

word_enum!(
    /// The reason a demand is not accepted (V2).
    NotAcceptedReason {
        /// 诉讼、仲裁、纪检、复议、信息公开
        OtherProcedure,
        /// 已信访
        InPetition,
        /// 国家秘密、工作秘密、商业秘密
        Secret,
        /// 个人隐私
        Privacy,
        /// 违背公序良俗
        AgainstMorals,
        /// 他地
        OtherTerritory,
        /// 紧急热线
        EmergencyLine,
        /// 同一事实已办结
        SameFactsClosed,
    }
);
word_enum!(
    /// The reason a result is sent back (重办原因).
    RedoReason {
        /// 不详
        Vague,
        /// 敷衍
        Perfunctory,
        /// 事实不清
        WrongFacts,
        /// 未联系来电人
        CallerNotContacted,
        /// 文字不当
        Wording,
        /// 未签字
        NoSignature,
        /// 承诺未兑现
        PromiseUnkept,
        /// 不实
        False,
        /// 不满意
        Unsatisfied,
    }
);
word_enum!(
    /// The ground on which a unit returns an assignment (退单).
    ReturnGround {
        /// 不归属其管理
        NotOurs,
        /// 不在辖区
        WrongArea,
        /// 重复
        Duplicate,
        /// 要素不全
        Incomplete,
        /// 应走法定途径
        LegalRoute,
        /// 其他
        Other,
    }
);
word_enum!(
    /// The reason for an overdue item (CLK-07).
    OverdueReason {
        /// 案情复杂
        Complex,
        /// 需多部门配合
        WaitsForOthers,
        /// 联系不上来电人
        CallerUnreachable,
        /// 资金或物资不到位
        NoMeans,
        /// 人手不足
        Understaffed,
        /// 疏忽
        Overlooked,
        /// 其他
        Other,
    }
);
word_enum!(
    /// The verdict of an investigation (RPL-09).
    Verdict {
        /// 属实
        True,
        /// 部分属实
        Partly,
        /// 不属实: needs evidence and the hub's approval.
        Untrue,
        /// 无法核实
        Unverifiable,
    }
);
word_enum!(
    /// The ground on which a closed ticket is reopened (T26).
    ReopenGround {
        /// 新情况
        NewFacts,
        /// 反弹
        Relapse,
        /// 虚假办理: points off.
        FalseResult,
    }
);
word_enum!(
    /// Whether a demand is reasonable; the hub alone decides (REC-27).
    Reasonableness {
        /// 未认定
        Undecided,
        /// 合理
        Reasonable,
        /// 不合理
        Unreasonable,
    }
);
word_enum!(
    /// The service a demand is handed on to (T04).
    DivertTarget {
        /// 110
        Police,
        /// 119
        Fire,
        /// 120
        Ambulance,
        /// 122
        Traffic,
        /// 他地热线
        OtherHotline,
        /// 他线
        OtherLine,
    }
);
